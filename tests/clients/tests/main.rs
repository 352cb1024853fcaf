//! Clients that others wrote, at work against the emulator: the AWS CLI, boto3, and the AWS SDK for Rust.
//!
//! Each goes through the whole life of a service. A recorder stands between client and emulator; at the end of each
//! story all that went over the wire is held against the API model of botocore.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws_cli;
mod boto3;
mod fixture;
mod model;
mod python;
mod recorder;
mod sdk;

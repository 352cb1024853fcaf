//! Real AWS clients against the emulator: the AWS CLI, boto3, and the AWS SDK for Rust.
//!
//! Each goes through the whole lifecycle of a service. A recorder between client and emulator keeps every exchange; at
//! the end of each scenario they are checked against the API model of botocore.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws_cli;
mod boto3;
mod fixture;
mod model;
mod python;
mod recorder;
mod sdk;

//! The shipped program as processes that are killed, frozen, or cut off between two of their calls. Each process
//! watches one namespace, and calls the API server and the emulator through a proxy that counts and holds its calls.

mod call;
mod checks;
mod cluster;
mod ecs_faults;
mod kill;
mod lifecycle;
mod outages;
mod proxy;
mod services;
mod sweep;
mod testbed;
mod two_operators;
mod waits;

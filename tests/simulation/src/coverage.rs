//! Which faults have met which requests, and what the object showed at that time.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::fault::all_kinds;

/// All requests: their names, whether they go to AWS, and whether they change something.
const REQUESTS: [(&str, bool, bool); 16] = [
    ("CreateExpressGatewayService", true, true),
    ("DeleteExpressGatewayService", true, true),
    ("DescribeExpressGatewayService", true, false),
    ("DescribeServiceDeployments", true, false),
    ("DescribeServiceRevisions", true, false),
    ("DescribeServices", true, false),
    ("GetCallerIdentity", true, false),
    ("ListServiceDeployments", true, false),
    ("ListTagsForResource", true, false),
    ("TagResource", true, true),
    ("UntagResource", true, true),
    ("UpdateExpressGatewayService", true, true),
    ("create event", false, true),
    ("get", false, false),
    ("patch metadata", false, true),
    ("patch status", false, true),
];

/// Counts what was reached: the reason that the object showed, the fault, and the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<(String, String, &'static str), u64>);

impl Coverage {
    /// Notes that a fault met a request.
    pub fn note(&mut self, reason: String, fault: String, request: &'static str) {
        *self.0.entry((reason, fault, request)).or_default() += 1;
    }

    /// Adds another run's.
    pub fn add(&mut self, other: Self) {
        for (reached, count) in other.0 {
            *self.0.entry(reached).or_default() += count;
        }
    }

    /// The reasons that objects showed when a fault met one of their requests.
    pub fn reasons(&self) -> BTreeSet<&str> {
        self.0.keys().map(|(reason, ..)| reason.as_str()).collect()
    }

    /// The pairs of request and fault that fit each other and never met.
    pub fn never(&self) -> Vec<(&'static str, String)> {
        let met: BTreeSet<_> = self
            .0
            .keys()
            .map(|(_, fault, request)| (*request, fault.clone()))
            .collect();
        let pairs = REQUESTS.iter().flat_map(|(request, aws, write)| {
            all_kinds()
                .into_iter()
                .filter(|kind| kind.fits(*aws, *write))
                .map(|kind| (*request, kind.name()))
        });
        let missing: BTreeSet<_> = pairs.filter(|pair| !met.contains(pair)).collect();
        missing.into_iter().collect()
    }

    /// What was reached, and how often.
    pub fn reached(&self) -> impl Iterator<Item = (&str, &str, &'static str, u64)> {
        self.0.iter().map(|((reason, fault, request), count)| {
            (reason.as_str(), fault.as_str(), *request, *count)
        })
    }
}

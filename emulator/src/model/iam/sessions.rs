//! Sessions of AWS STS, and the account of an access key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::api::validation::is_account_id;

/// The sessions of assumed roles, by access key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Sessions {
    by_access_key: BTreeMap<String, Session>,
}

impl Sessions {
    pub(crate) fn get(&self, access_key: &str) -> Option<&Session> {
        self.by_access_key.get(access_key)
    }

    pub(crate) fn insert(&mut self, access_key: String, session: Session) {
        self.by_access_key.insert(access_key, session);
    }
}

/// A session of an assumed role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// Returns the account id that an access key contains: either the key is an account id, or this STS
/// issued it as `ASIA`, the account id, and eight more characters.
#[must_use]
pub fn account_of(access_key: &str) -> Option<&str> {
    let account = match access_key.strip_prefix("ASIA") {
        Some(rest) if rest.len() == 20 => rest.get(..12)?,
        Some(_) => return None,
        None => access_key,
    };
    is_account_id(account).then_some(account)
}

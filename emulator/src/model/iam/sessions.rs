//! Sessions that AWS STS began, and the account that an access key belongs to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::api::validation::is_account_id;

/// Sessions that were begun, by access key.
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

/// A role in use under a name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) arn: String,
    pub(crate) user_id: String,
}

/// The account in an access key: it is one itself, or STS made it here of `ASIA`, the account, and
/// eight digits more.
#[must_use]
pub fn account_of(access_key: &str) -> Option<&str> {
    let account = match access_key.strip_prefix("ASIA") {
        Some(rest) if rest.len() == 20 => rest.get(..12)?,
        Some(_) => return None,
        None => access_key,
    };
    is_account_id(account).then_some(account)
}

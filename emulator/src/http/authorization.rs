//! The Authorization header. Its credential scope names the Region and the access key; the signature
//! is not verified.

use axum::http::{HeaderMap, header};

use crate::model::{ApiError, Caller, account_of};

/// The caller who signed a request.
pub(super) struct Signer {
    pub(super) caller: Caller,
    pub(super) access_key: String,
}

/// Returns the signer of a request. `account` is the account id of signers whose access key contains none.
pub(super) fn signer(headers: &HeaderMap, account: &str) -> Result<Signer, ApiError> {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| {
            ApiError::new(
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token",
            )
        })?;
    let (access_key, region) = scope(header).ok_or_else(|| {
        ApiError::new(
            "IncompleteSignatureException",
            "Authorization header requires 'Credential' parameter: \
             Credential=<access key>/<date>/<region>/<service>/aws4_request.",
        )
    })?;
    Ok(Signer {
        caller: Caller {
            account: account_of(access_key).unwrap_or(account).to_owned(),
            region: region.to_owned(),
        },
        access_key: access_key.to_owned(),
    })
}

/// Access key and Region of `… Credential=<key>/<date>/<region>/<service>/aws4_request, …`.
fn scope(header: &str) -> Option<(&str, &str)> {
    let (_, credential) = header.split_once("Credential=")?;
    let credential = credential.split([',', ' ']).next()?;
    let mut parts = credential.rsplitn(5, '/');
    let (terminator, _service) = (parts.next()?, parts.next()?);
    let (region, _date, access_key) = (parts.next()?, parts.next()?, parts.next()?);
    (terminator == "aws4_request" && !region.is_empty()).then_some((access_key, region))
}

//! The Authorization header. The signature is not verified; Region and access key are read from its credential scope.

use axum::http::{HeaderMap, header};

use crate::model::{ApiError, Caller};

/// Who calls: the account of the settings, unless the access key is itself an account id.
pub(super) fn caller(headers: &HeaderMap, account: &str) -> Result<Caller, ApiError> {
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
    let is_account = access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit());
    Ok(Caller {
        account: if is_account { access_key } else { account }.to_owned(),
        region: region.to_owned(),
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

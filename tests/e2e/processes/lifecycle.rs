//! The lifecycles of an object that are swept: what the user does, and the state in which each has to end.

use std::time::Duration;

use kube::api::Patch;
use serde_json::{Value, json};

use super::testbed::Testbed;
use crate::fixture::{condition, message};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// From the first start of the operator, with a new object, until it is Ready.
    Create,
    /// From a new image until it runs.
    Update,
    /// From an object that adopts an existing service to the confirmed adoption, which updates it.
    Adopt,
    /// From the deletion of the object until it is gone.
    Delete,
    /// The same with `deletionPolicy: Retain`.
    Retain,
}

impl Lifecycle {
    pub const ALL: [Self; 5] = [
        Self::Create,
        Self::Update,
        Self::Adopt,
        Self::Delete,
        Self::Retain,
    ];

    /// What happens before.
    pub async fn prepare(self, testbed: &Testbed) -> Result<(), String> {
        match self {
            Self::Create => Ok(()),
            Self::Adopt => {
                testbed.create_service(&testbed.service(), &json!({}));
                testbed.emulator.advance(Duration::from_secs(600));
                testbed.start_operator().await;
                testbed.until_watching().await
            }
            Self::Update | Self::Delete => existing(testbed, &json!({})).await,
            Self::Retain => existing(testbed, &json!({"deletionPolicy": "Retain"})).await,
        }
    }

    /// What the user does, and the wait for the end. With [`Self::Create`], the operator is started as well.
    pub async fn run(self, testbed: &Testbed) -> Result<(), String> {
        self.change(testbed).await;
        if self == Self::Create {
            testbed.start_operator().await;
        }
        self.until_ended(testbed).await
    }

    /// What the user changes.
    pub async fn change(self, testbed: &Testbed) {
        match self {
            Self::Create => testbed.apply(&json!({})).await,
            Self::Update => testbed.apply(&image("shop:2")).await,
            Self::Adopt => testbed.apply(&json!({"adoptionPolicy": "Adopt"})).await,
            Self::Delete | Self::Retain => testbed.delete().await,
        }
    }

    /// Waits for the end; confirms an adoption on the way.
    pub async fn until_ended(self, testbed: &Testbed) -> Result<(), String> {
        match self {
            Self::Create => testbed.until_ready("shop:1").await,
            Self::Update => testbed.until_ready("shop:2").await,
            Self::Adopt => {
                let hash = testbed.until("the differences", confirmation).await?;
                let confirm = json!({"ecs-express.dev/adopt-confirm": hash});
                let confirm = json!({"metadata": {"annotations": confirm}});
                testbed.patch(&Patch::Merge(&confirm)).await;
                testbed.until_ready("shop:1").await
            }
            Self::Delete | Self::Retain => testbed.until_gone().await,
        }
    }
}

/// The spec with an image.
pub fn image(image: &str) -> Value {
    json!({"primaryContainer": {"image": image}})
}

async fn existing(testbed: &Testbed, spec: &Value) -> Result<(), String> {
    testbed.apply(spec).await;
    testbed.start_operator().await;
    testbed.until_ready("shop:1").await
}

/// The hash with which the adoption is confirmed.
fn confirmation(object: Option<Value>) -> Result<String, String> {
    let object = object.unwrap_or_default();
    let text = message(&object, "Stalled");
    let asked = condition(&object, "Stalled").1 == "AdoptionNotConfirmed";
    let hash = text.rsplit_once("ecs-express.dev/adopt-confirm=");
    match hash {
        Some((_, hash)) if asked => Ok(hash.to_owned()),
        Some(_) | None => Err(object["status"]["conditions"].to_string()),
    }
}

use super::*;
use crate::core::observed::service::Missing;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

const MISSING: Observed = Observed::Missing(Missing::NotFound);

fn at(seconds: u64) -> ObservedAt {
    ObservedAt::at(seconds_after(seconds))
}

fn seconds_after(seconds: u64) -> Uptime {
    Duration::from_secs(seconds)
}

fn intent(counter: i64) -> Intent {
    Intent {
        operation: "UpdateExpressGatewayService".to_owned(),
        hash: String::new(),
        counter,
        at: Time(jiff::Timestamp::UNIX_EPOCH),
        outcome: None,
        expected: None,
    }
}

#[test]
fn two_observations_with_a_gap_confirm_an_absence_and_one_does_not() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, None, at(0));
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, None, at(9));
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, None, at(10));
    assert!(history.missing_for(seconds_after(10)));
}

#[test]
fn the_time_of_a_slow_answer_does_not_count_as_a_gap_between_observations() {
    let mut history = ObservationHistory::default();
    let slow = ObservedAt {
        started: seconds_after(0),
        ended: seconds_after(15),
    };
    history.record(&MISSING, None, slow);
    history.record(&MISSING, None, slow);
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, None, at(24));
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, None, at(25));
    assert!(history.missing_for(seconds_after(10)));
}

#[test]
fn a_sent_call_restarts_the_confirmation() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, None, at(0));
    history.call_sent(&intent(3), seconds_after(20));
    history.record(&MISSING, None, at(19));
    history.record(&MISSING, None, at(29));
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, None, at(39));
    assert!(history.missing_for(seconds_after(10)));
}

#[test]
fn an_intent_of_another_process_restarts_the_confirmation() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, None, at(0));
    history.record(&MISSING, None, at(120));
    history.record(&MISSING, Some(&intent(2)), at(121));
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, Some(&intent(2)), at(131));
    assert!(history.missing_for(seconds_after(10)));
    assert!(!history.missing_for(seconds_after(120)));
}

#[test]
fn an_intent_of_this_process_that_is_not_sent_restarts_nothing() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, None, at(0));
    history.intent_stored(&intent(2));
    history.record(&MISSING, Some(&intent(2)), at(10));
    assert!(history.missing_for(seconds_after(10)));
    // Another process has stored one since.
    history.record(&MISSING, Some(&intent(3)), at(20));
    assert!(!history.missing_for(seconds_after(10)));
}

#[test]
fn an_intent_with_the_same_counter_after_a_lost_status_is_another_one() {
    let mut history = ObservationHistory::default();
    let again = Intent {
        at: Time(jiff::Timestamp::from_second(500).unwrap()),
        ..intent(1)
    };
    history.record(&MISSING, Some(&intent(1)), at(0));
    history.record(&MISSING, Some(&intent(1)), at(120));
    history.record(&MISSING, Some(&again), at(121));
    assert!(!history.missing_for(seconds_after(10)));
    assert!(!history.intent_open_for(seconds_after(10)));
}

#[test]
fn an_intent_of_another_process_counts_although_it_is_closed_when_it_is_first_observed() {
    let mut history = ObservationHistory::default();
    let closed = Intent {
        outcome: Some("Applied".to_owned()),
        ..intent(2)
    };
    history.record(&MISSING, Some(&intent(1)), at(0));
    history.record(&MISSING, Some(&closed), at(20));
    assert!(!history.missing_for(seconds_after(10)));
    history.record(&MISSING, Some(&closed), at(30));
    assert!(history.missing_for(seconds_after(10)));
    assert!(!history.intent_open_for(Duration::ZERO));
}

#[test]
fn a_lost_status_restarts_the_confirmation() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, Some(&intent(1)), at(0));
    history.record(&MISSING, None, at(20));
    assert!(!history.missing_for(seconds_after(10)));
}

#[test]
fn a_rejected_call_keeps_the_confirmation_from_before_it() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, None, at(0));
    history.record(&MISSING, None, at(10));
    let before = history.clone();
    history.call_sent(&intent(3), seconds_after(11));
    assert!(!history.missing_for(seconds_after(10)));
    history.call_rejected(&before);
    assert!(history.missing_for(seconds_after(10)));
    let rejected = Intent {
        outcome: Some("Rejected".to_owned()),
        ..intent(3)
    };
    history.record(&MISSING, Some(&rejected), at(12));
    assert!(history.missing_for(seconds_after(10)));
}

#[test]
fn a_create_is_in_doubt_until_ecs_rejects_it_or_shows_the_service() {
    let mut history = ObservationHistory::default();
    assert!(!history.create_in_doubt());
    let before = history.clone();
    history.call_sent(&intent(1), seconds_after(1));
    assert!(!history.create_in_doubt());
    history.create_sent();
    history.record(&MISSING, None, at(2));
    assert!(history.create_in_doubt());
    history.call_rejected(&before);
    assert!(!history.create_in_doubt());
}

#[test]
fn the_window_of_an_intent_starts_with_its_first_observation_and_not_with_the_previous_intent() {
    let mut history = ObservationHistory::default();
    history.record(&MISSING, Some(&intent(1)), at(0));
    history.record(&MISSING, Some(&intent(1)), at(120));
    assert!(history.intent_open_for(seconds_after(120)));
    history.record(&MISSING, Some(&intent(2)), at(121));
    assert!(!history.intent_open_for(seconds_after(120)));
    history.record(&MISSING, Some(&intent(2)), at(241));
    assert!(history.intent_open_for(seconds_after(120)));
}

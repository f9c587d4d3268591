//! What every store promises, whatever keeps it.

pub(crate) mod approvals;
pub(crate) mod counts;
pub(crate) mod tries;
pub(crate) mod undos;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use okta_storage::Store;

/// Where the stores of one test keep what they keep.
pub(crate) trait Place {
    /// One more store over the same place, as another process would have it.
    fn store(&self) -> Arc<dyn Store>;
}

/// So many seconds after noon.
pub(crate) fn noon(seconds: i64) -> Timestamp {
    let noon: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    noon.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

/// So many days, in seconds.
pub(crate) const fn days(days: i64) -> i64 {
    days * 24 * 60 * 60
}

/// Every test of the suite, over places that the expression makes.
macro_rules! conformance {
    ($place:expr) => {
        crate::conformance::conformance! { @tests $place =>
            approvals::an_approval_is_kept_as_it_was_given,
            approvals::what_is_pending_is_asked_once,
            approvals::the_first_decision_counts,
            approvals::who_signed_in_to_decide_is_kept,
            approvals::what_was_declined_is_never_used,
            approvals::an_approval_holds_for_its_binding_alone,
            approvals::the_newest_that_is_not_over_stands,
            approvals::exactly_one_consumer_gets_it,
            approvals::exactly_one_decision_counts_at_once,
            approvals::what_is_not_decided_in_time_has_expired,
            approvals::what_is_not_used_in_time_has_expired,
            approvals::a_crash_between_loses_and_doubles_nothing,
            approvals::what_was_taken_back_cannot_be_used,
            approvals::lists_are_newest_first,
            approvals::old_ones_are_deleted,
            undos::an_undo_is_taken_once,
            undos::exactly_one_taker_gets_it,
            undos::what_was_given_back_can_be_taken,
            undos::what_expired_is_gone,
            counts::objects_and_calls_are_counted_by_org_and_limit,
            counts::what_passes_a_limit_is_not_counted,
            counts::many_at_once_stay_within_the_limit,
            counts::old_ones_are_forgotten,
            tries::the_passphrase_is_replaced_by_whoever_knows_the_old_one,
            tries::five_wrong_ones_lock_for_a_quarter_of_an_hour,
            tries::a_right_one_forgets_the_wrong_ones,
            tries::guesses_at_once_are_limited_too,
        }
    };
    (@tests $place:expr => $($module:ident::$test:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                crate::conformance::$module::$test(&$place).await;
            }
        )*
    };
}
pub(crate) use conformance;

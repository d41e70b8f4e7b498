use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use daybook_domain::{Timestamp, priority::Priority};

use super::{Budget, Lane, Pace};
use crate::Clock;

/// Sleeping moves it.
struct Fast(AtomicI64);

#[async_trait]
impl Clock for Fast {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    async fn sleep(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
}

const START: i64 = 1_000_000_000;

fn clock() -> Arc<Fast> {
    Arc::new(Fast(AtomicI64::new(START)))
}

fn lane(per_second: Option<u32>, burst: u32, seats: usize) -> Lane {
    let budget = Arc::new(Budget::new(Pace { per_second, burst }).unwrap());
    Lane::new("k", seats, &budget).unwrap()
}

/// Milliseconds after the start at which each of so many calls, one after the other, leaves.
async fn leaves(lane: &Lane, clock: &Fast, calls: usize) -> Vec<i64> {
    let mut at = Vec::new();
    for _ in 0..calls {
        let _seat = lane.enter(clock, Priority::Sales).await.unwrap();
        at.push((clock.now().micros() - START) / 1_000);
    }
    at
}

#[tokio::test]
async fn calls_are_spaced_and_idle_time_is_not_saved_up() {
    let (lane, clock) = (lane(Some(2), 1, 4), clock());
    assert_eq!(leaves(&lane, &clock, 4).await, [0, 500, 1_000, 1_500]);
    clock.0.fetch_add(60_000_000, Ordering::SeqCst);
    assert_eq!(leaves(&lane, &clock, 2).await, [61_500, 62_000]);
}

#[tokio::test]
async fn a_burst_may_use_what_idle_time_saved() {
    let (lane, clock) = (lane(Some(2), 3, 4), clock());
    clock.0.fetch_add(60_000_000, Ordering::SeqCst);
    let first = 60_000;
    let expected = [first, first, first, first + 500, first + 1_000];
    assert_eq!(leaves(&lane, &clock, 5).await, expected);
}

#[tokio::test]
async fn high_rates_make_up_for_a_tenth_of_a_second() {
    let (lane, clock) = (lane(Some(100), 1, 64), clock());
    let at = leaves(&lane, &clock, 13).await;
    assert_eq!(at[..11], [0; 11]);
    assert_eq!(at[11..], [10, 20]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_stop_the_calls() {
    let (lane, clock) = (lane(Some(1), 1, 3), clock());
    leaves(&lane, &clock, 3).await;
    let hour = 3_600_000_000;
    let set_back = clock.0.fetch_sub(hour, Ordering::SeqCst) - hour;
    let now = (set_back - START) / 1_000;
    assert_eq!(leaves(&lane, &clock, 2).await, [now, now + 1_000]);
}

#[test]
fn no_limit_and_no_sense() {
    assert_eq!(Budget::new(Pace::UNLIMITED).unwrap().interval, 0);
    assert!(Budget::new(Pace { per_second: Some(0), burst: 1 }).is_err());
    assert!(Budget::new(Pace { per_second: Some(1), burst: 0 }).is_err());
}

/// Lets `callers` queue up behind one that has the only seat, and gives the order they leave in.
async fn order_of(callers: &[(Priority, i64)]) -> Vec<usize> {
    let (lane, clock) = (Arc::new(lane(None, 1, 1)), clock());
    let order = Arc::new(Mutex::new(Vec::new()));
    let seat = lane.enter(&*clock, Priority::Sales).await.unwrap();
    let mut tasks = Vec::new();
    for (number, (priority, later)) in callers.iter().enumerate() {
        clock.0.fetch_add(*later, Ordering::SeqCst);
        let (lane, clock, priority) = (Arc::clone(&lane), Arc::clone(&clock), *priority);
        let order = Arc::clone(&order);
        tasks.push(tokio::spawn(async move {
            let _seat = lane.enter(&*clock, priority).await.unwrap();
            order.lock().unwrap().push(number);
        }));
        // It stands in the queue before the next one comes.
        tokio::task::yield_now().await;
    }
    drop(seat);
    for task in tasks {
        task.await.unwrap();
    }
    let left = order.lock().unwrap();
    left.clone()
}

#[tokio::test]
async fn the_important_call_goes_first() {
    use Priority::{Catalogue, Despatch, Sales, Stock, StockFast};
    let came = [(Catalogue, 0), (Despatch, 0), (Stock, 0), (StockFast, 0), (Sales, 0), (Sales, 0)];
    assert_eq!(order_of(&came).await, [4, 5, 3, 2, 1, 0]);
}

#[tokio::test]
async fn who_has_waited_long_enough_is_not_passed_any_more() {
    use Priority::{Catalogue, Sales};
    let minute = 60_000_000;
    assert_eq!(order_of(&[(Catalogue, 0), (Sales, minute)]).await, [0, 1]);
    assert_eq!(order_of(&[(Catalogue, 0), (Sales, minute / 2)]).await, [1, 0]);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_its_place_to_others() {
    let (lane, clock) = (Arc::new(lane(None, 1, 1)), clock());
    let seat = lane.enter(&*clock, Priority::Sales).await.unwrap();
    let given_up = {
        let (lane, clock) = (Arc::clone(&lane), Arc::clone(&clock));
        tokio::spawn(async move { drop(lane.enter(&*clock, Priority::Sales).await) })
    };
    tokio::task::yield_now().await;
    let other = {
        let (lane, clock) = (Arc::clone(&lane), Arc::clone(&clock));
        tokio::spawn(async move { drop(lane.enter(&*clock, Priority::Catalogue).await) })
    };
    tokio::task::yield_now().await;
    drop(seat);
    given_up.abort();
    other.await.unwrap();
}

#[tokio::test]
async fn two_lanes_share_one_budget_by_importance() {
    let budget = Arc::new(Budget::new(Pace { per_second: Some(1), burst: 1 }).unwrap());
    let reads = Lane::new("reads", 1, &budget).unwrap();
    let writes = Lane::new("writes", 1, &budget).unwrap();
    let clock = clock();
    let reading = reads.enter(&*clock, Priority::Sales).await.unwrap();
    let writing = writes.enter(&*clock, Priority::Sales).await.unwrap();
    let order = Mutex::new(Vec::new());
    let call = async |lane: &Lane, priority, name| {
        let _seat = lane.enter(&*clock, priority).await.unwrap();
        order.lock().unwrap().push(name);
    };
    // All stand in the queue before there is a seat.
    let freed = async {
        drop(reading);
        drop(writing);
    };
    tokio::join!(
        call(&reads, Priority::Catalogue, "products"),
        call(&reads, Priority::Stock, "stock"),
        call(&writes, Priority::Sales, "sale"),
        freed,
    );
    assert_eq!(*order.lock().unwrap(), ["sale", "stock", "products"]);
}

#[tokio::test]
async fn what_one_call_is_asked_to_wait_all_wait_and_none_waits_here() {
    let budget = Arc::new(Budget::new(Pace::UNLIMITED).unwrap());
    let reads = Lane::new("reads", 1, &budget).unwrap();
    let writes = Lane::new("writes", 1, &budget).unwrap();
    let (clock, second) = (clock(), Duration::from_secs(1));
    let seat = reads.enter(&*clock, Priority::Sales).await.unwrap();
    let waiting = async { reads.enter(&*clock, Priority::Sales).await.map(drop) };
    let asked = async { seat.hold(START, second * 9) };
    // The one that stands in the queue is told, too.
    assert_eq!(tokio::join!(waiting, asked).0, Err(second * 9));
    clock.0.fetch_add(2_000_000, Ordering::SeqCst);
    assert_eq!(writes.enter(&*clock, Priority::Sales).await.map(drop), Err(second * 7));
    // A shorter wait does not shorten the longer one.
    seat.hold(clock.now().micros(), second);
    assert_eq!(writes.held(clock.now().micros()), Some(second * 7));
    clock.0.fetch_add(7_000_000, Ordering::SeqCst);
    assert_eq!(writes.enter(&*clock, Priority::Sales).await.map(drop), Ok(()));
}

#[tokio::test]
async fn a_peer_that_asks_for_days_or_a_clock_that_is_set_back_stops_nobody_for_long() {
    let (lane, clock) = (lane(None, 1, 1), clock());
    let hour = Duration::from_hours(1);
    lane.enter(&*clock, Priority::Sales).await.unwrap().hold(START, hour * 240);
    assert_eq!(lane.held(START), Some(hour));
    assert_eq!(lane.held(START - 1), None);
}

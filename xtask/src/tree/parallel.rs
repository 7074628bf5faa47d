//! Work on many files at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// So many files are taken at a time: few enough that no thread waits for another at the end.
const BATCH: usize = 32;

/// Does `work` to every item, on up to `threads` threads. After an error no further batch is begun;
/// of several errors the one of the first item is given.
///
/// Every thread has its own `Scratch`, for a buffer that is used again.
pub(super) fn each<T: Send, Scratch: Default, E: Send>(
    items: &mut [T],
    threads: usize,
    work: impl Fn(&mut T, &mut Scratch) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let threads = threads.clamp(1, items.len().div_ceil(BATCH).max(1));
    let queue = Mutex::new(items.chunks_mut(BATCH).enumerate());
    let failed = AtomicBool::new(false);
    let first: Mutex<Option<(usize, E)>> = Mutex::new(None);
    let worker = || {
        let mut scratch = Scratch::default();
        while !failed.load(Ordering::Relaxed) {
            let Some((number, batch)) = queue.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                return;
            };
            if let Err(error) = batch.iter_mut().try_for_each(|item| work(item, &mut scratch)) {
                failed.store(true, Ordering::Relaxed);
                let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                if first.as_ref().is_none_or(|(earlier, _)| number < *earlier) {
                    *first = Some((number, error));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(worker);
        }
        worker();
    });
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_once_on_any_number_of_threads() {
        for threads in [0, 1, 2, 7] {
            for count in [0_u32, 1, 31, 32, 33, 1000] {
                let mut items: Vec<u32> = (0..count).collect();
                each::<_, (), ()>(&mut items, threads, |item, ()| {
                    *item += 1;
                    Ok(())
                })
                .unwrap();
                assert_eq!(items, (1..=count).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn an_error_stops_the_rest() {
        let mut items: Vec<u32> = (0..10_000).collect();
        let error = each::<_, (), _>(&mut items, 1, |item, ()| {
            if *item == 40 {
                return Err(*item);
            }
            *item += 1;
            Ok(())
        });
        assert_eq!(error, Err(40));
        assert_eq!(items[41], 41);
        assert_eq!(items[9_999], 9_999);
    }
}

//! The pause between two looks at what another process has written.

use std::{thread, time::Duration};

use tokio::{runtime::Handle, sync::watch};

const LENGTH: Duration = Duration::from_millis(200);

/// A pause that all who wait share. It is slept through on a thread that the caller's runtime
/// keeps for what blocks, since a timer of the runtime's might not be switched on; without a
/// runtime, on the caller's own. Nobody who waits is needed for it to end.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    state: watch::Sender<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    under_way: bool,
    over: u64,
}

impl Pause {
    /// Comes back when the pause is over that is under way; if none is, one begins.
    pub(crate) async fn over(&self) {
        let Ok(runtime) = Handle::try_current() else {
            return thread::sleep(LENGTH);
        };
        let mut state = self.state.subscribe();
        let mut before = State::default();
        self.state.send_if_modified(|state| {
            before = *state;
            state.under_way = true;
            false
        });
        if !before.under_way {
            let end = End(self.state.clone());
            runtime.spawn_blocking(move || {
                thread::sleep(LENGTH);
                drop(end);
            });
        }
        // It cannot fail: the sender lives in `self`.
        let _ = state.wait_for(|state| state.over != before.over).await;
    }
}

/// Ends a pause when it is dropped, be it that the runtime went away before the pause began.
struct End(watch::Sender<State>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.send_modify(|state| {
            state.under_way = false;
            state.over += 1;
        });
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::pin,
        sync::mpsc,
        task::{Context, Waker},
    };

    use super::Pause;

    #[test]
    fn all_who_wait_share_one_pause() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async {
            // While the only thread for it is taken, no pause can end between the polls.
            let (free, taken) = mpsc::channel::<()>();
            tokio::task::spawn_blocking(move || taken.recv());
            let pause = Pause::default();
            let (mut one, mut other) = (pin!(pause.over()), pin!(pause.over()));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(one.as_mut().poll(&mut cx).is_pending());
            assert!(other.as_mut().poll(&mut cx).is_pending());
            // One sender is the pause's own, one is held by what will end it.
            assert_eq!(pause.state.sender_count(), 2);
            free.send(()).unwrap();
            one.await;
            other.await;
            assert_eq!(pause.state.borrow().over, 1);
            pause.over().await;
            assert_eq!(pause.state.borrow().over, 2);
        });
    }

    #[test]
    fn a_runtime_that_ends_leaves_nobody_waiting() {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .max_blocking_threads(1)
                .build()
                .unwrap()
        };
        let pause = Pause::default();
        let (free, taken) = mpsc::channel::<()>();
        let mut waiting = pin!(pause.over());
        let first = runtime();
        first.block_on(async {
            tokio::task::spawn_blocking(move || taken.recv());
            let mut cx = Context::from_waker(Waker::noop());
            assert!(waiting.as_mut().poll(&mut cx).is_pending());
        });
        first.shutdown_background();
        free.send(()).unwrap();
        runtime().block_on(waiting);
        assert!(!pause.state.borrow().under_way);
    }
}

//! What a socket, a channel or an extractor takes of the application's state, as a type.

use std::{fmt, marker::PhantomData};

use super::AppState;

/// The need for a `T` of the application's state: what an argument `#[state] x: T` stands for.
///
/// A socket that is written without the macro declares with it what it takes: `type State =
/// Need<Pool>;`, or `type State = (Need<Pool>, Need<Mailer>);`.
pub struct Need<T>(PhantomData<fn() -> T>);

/// The needs `N` of `Owner`, which a socket or a channel takes. Error messages then name `Owner`.
#[doc(hidden)]
pub struct By<Owner, N>(PhantomData<fn() -> (Owner, N)>);

/// A need under `#[cfg]`; `()` if it is off. `INDEX` distinguishes the needs of one type.
#[doc(hidden)]
pub trait Conditional<const INDEX: usize> {
    type State: Needed;
}

/// What is taken of the application's state: `()` for nothing, a [`Need`], or a tuple of up to four
/// of these. Tuples may be nested.
pub trait Needed: 'static {
    /// The value: `()`, the part, or a tuple of parts.
    type Value: Send;

    #[doc(hidden)]
    fn fetch(state: &AppState) -> Option<Self::Value>;

    /// Adds the types of the parts that no mounted socket's `State` declares.
    #[doc(hidden)]
    fn undeclared(state: &AppState, types: &mut Vec<&'static str>);
}

impl<T: Send + 'static> Needed for Need<T> {
    type Value = T;

    fn fetch(state: &AppState) -> Option<T> {
        state.part()
    }

    fn undeclared(state: &AppState, types: &mut Vec<&'static str>) {
        if !state.has_part::<T>() {
            types.push(std::any::type_name::<T>());
        }
    }
}

impl<Owner: 'static, N: Needed> Needed for By<Owner, N> {
    type Value = N::Value;

    fn fetch(state: &AppState) -> Option<N::Value> {
        N::fetch(state)
    }

    fn undeclared(state: &AppState, types: &mut Vec<&'static str>) {
        N::undeclared(state, types);
    }
}

impl AppState {
    /// What a socket, a channel or an extractor takes.
    ///
    /// # Panics
    /// When no mounted socket declares it in its `State`. The macros do.
    pub(crate) fn needed<N: Needed>(&self) -> N::Value {
        let Some(value) = N::fetch(self) else {
            let mut types = Vec::new();
            N::undeclared(self, &mut types);
            let types = types.join("`, `");
            panic!(
                "`{types}` is taken of the application's state, but no mounted socket declares it; \
                 help: add `Need<..>` of it to the `type State` of the socket"
            );
        };
        value
    }
}

macro_rules! tuples {
    ($($first:ident $($rest:ident)*)?) => {
        impl<$($first: Needed, $($rest: Needed),*)?> Needed for ($($first, $($rest),*)?) {
            type Value = ($($first::Value, $($rest::Value),*)?);

            fn fetch(state: &AppState) -> Option<Self::Value> {
                let _ = state;
                Some(($($first::fetch(state)?, $($rest::fetch(state)?),*)?))
            }

            fn undeclared(state: &AppState, types: &mut Vec<&'static str>) {
                let _ = (state, &types);
                $($first::undeclared(state, types); $($rest::undeclared(state, types);)*)?
            }
        }
        $(tuples!($($rest)*);)?
    };
}

tuples!(A B C D);

impl<T> fmt::Debug for Need<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Need")
    }
}

impl<Owner, N> fmt::Debug for By<Owner, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("By")
    }
}

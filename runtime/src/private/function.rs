//! Functions and closures that stand as values in a declaration.

use std::{future::Future, sync::Arc};

use http::{Response, request::Parts};

use crate::{
    body::Body,
    config::Group,
    dashboard::Access,
    endpoint::{Endpoint, EndpointHandle},
    handle::Handle,
    instrumenter::{Instrumenter, Instrumenters},
    origin::Origin,
    pipeline::Called,
    pubsub::adapter::Adapter,
    session::{IntoSessions, SessionOptions},
    socket::Refused,
    watchers::{WatchFunction, Watched},
};

/// What a closure makes of the running endpoint.
pub fn with_edge<E: Endpoint, T>(
    edge: &EndpointHandle<E>,
    make: impl FnOnce(&EndpointHandle<E>) -> T,
) -> T {
    make(edge)
}

/// What a closure makes of the application's state.
pub fn with_state<S, T>(state: &S, make: impl FnOnce(&S) -> T) -> T {
    make(state)
}

/// The keys of a group of settings that are not written.
pub fn keys<L: Clone + Default>(settings: Group<L>) -> L {
    settings.get().cloned().unwrap_or_default()
}

/// The service at the end of the pipeline of an endpoint with instrumenters.
pub fn called<E: Endpoint, S>(edge: &EndpointHandle<E>, service: S) -> Called<S> {
    Called::new(edge.handle(), service)
}

/// One more instrumenter.
pub fn instrumented_by(all: Instrumenters, instrumenter: impl Instrumenter) -> Instrumenters {
    all.with(instrumenter)
}

/// An adapter of any type.
pub type SharedAdapter = Arc<dyn Adapter>;

/// The value of `pubsub(adapter = ..)`.
pub fn adapter(adapter: impl Adapter) -> SharedAdapter {
    Arc::new(adapter)
}

/// A function for `watchers`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `watchers`",
    label = "expected `async fn()`, or `async fn(EndpointHandle<..>)`"
)]
pub trait Watch<E: Endpoint, Arguments> {
    fn into_function(self, edge: &EndpointHandle<E>) -> WatchFunction;
}

impl<E, F, T> Watch<E, (T,)> for F
where
    E: Endpoint,
    F: Fn() -> T + Send + Sync + 'static,
    T: Future<Output: Watched> + Send + 'static,
{
    fn into_function(self, _: &EndpointHandle<E>) -> WatchFunction {
        WatchFunction::new(self)
    }
}

impl<E, F, T> Watch<E, (EndpointHandle<E>, T)> for F
where
    E: Endpoint,
    F: Fn(EndpointHandle<E>) -> T + Send + Sync + 'static,
    T: Future<Output: Watched> + Send + 'static,
{
    fn into_function(self, edge: &EndpointHandle<E>) -> WatchFunction {
        watch_with(edge, self)
    }
}

/// A function of `watchers(..)`.
pub fn watch<E: Endpoint, A>(
    edge: &EndpointHandle<E>,
    function: impl Watch<E, A>,
) -> WatchFunction {
    function.into_function(edge)
}

/// A closure `|edge| ..`.
pub fn watch_with<E, T>(
    edge: &EndpointHandle<E>,
    function: impl Fn(EndpointHandle<E>) -> T + Send + Sync + 'static,
) -> WatchFunction
where
    E: Endpoint,
    T: Future<Output: Watched> + Send + 'static,
{
    let edge = edge.clone();
    WatchFunction::new(move || function(edge.clone()))
}

/// What a closure makes of the running endpoint, where its type is not known.
///
/// # Panics
/// When the mount is in the declaration of another endpoint.
pub fn with_handle<E: Endpoint, T>(
    handle: &Handle,
    make: impl FnOnce(&EndpointHandle<E>) -> T,
) -> T {
    let Some(edge) = EndpointHandle::of(handle) else {
        panic!(
            "this mount was declared for `{}`, not for `{}`",
            E::DEF.name,
            handle.name()
        );
    };
    make(&edge)
}

/// A function for `check_origin`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `check_origin`",
    label = "expected `fn(&Origin) -> bool` or `fn(&Origin, &Handle) -> bool`"
)]
pub trait DecideOrigin<Arguments> {
    fn allows(self, origin: &Origin, handle: &Handle) -> bool;
}

impl<F: FnOnce(&Origin) -> bool> DecideOrigin<(Origin,)> for F {
    fn allows(self, origin: &Origin, _: &Handle) -> bool {
        self(origin)
    }
}

impl<F: FnOnce(&Origin, &Handle) -> bool> DecideOrigin<(Origin, Handle)> for F {
    fn allows(self, origin: &Origin, handle: &Handle) -> bool {
        self(origin, handle)
    }
}

/// A closure `|origin| ..`.
pub fn decide_origin(allows: fn(&Origin) -> bool, origin: &Origin) -> bool {
    allows(origin)
}

/// A function for `error_handler`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `error_handler`",
    label = "expected `fn(&http::request::Parts, Refused) -> Response<Body>`, or with `&Handle` as a third argument"
)]
pub trait HandleError<Arguments> {
    fn answer(self, parts: &Parts, refused: Refused, handle: &Handle) -> Response<Body>;
}

impl<F: FnOnce(&Parts, Refused) -> Response<Body>> HandleError<(Parts, Refused)> for F {
    fn answer(self, parts: &Parts, refused: Refused, _: &Handle) -> Response<Body> {
        self(parts, refused)
    }
}

impl<F: FnOnce(&Parts, Refused, &Handle) -> Response<Body>> HandleError<(Parts, Refused, Handle)>
    for F
{
    fn answer(self, parts: &Parts, refused: Refused, handle: &Handle) -> Response<Body> {
        self(parts, refused, handle)
    }
}

/// A closure `|parts, refused| ..`.
pub fn handle_error(
    answer: fn(&Parts, Refused) -> Response<Body>,
    parts: &Parts,
    refused: Refused,
) -> Response<Body> {
    answer(parts, refused)
}

/// A function for `session` in `connect_info`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `session`",
    label = "expected `fn(&http::request::Parts) -> SessionOptions`, or with `&Handle` as a second argument"
)]
pub trait ComputeSession<Arguments> {
    fn compute(self, parts: &Parts, handle: &Handle) -> Vec<SessionOptions<String>>;
}

impl<F: FnOnce(&Parts) -> T, T: IntoSessions> ComputeSession<(Parts, T)> for F {
    fn compute(self, parts: &Parts, _: &Handle) -> Vec<SessionOptions<String>> {
        self(parts).into_sessions()
    }
}

impl<F: FnOnce(&Parts, &Handle) -> T, T: IntoSessions> ComputeSession<(Parts, Handle, T)> for F {
    fn compute(self, parts: &Parts, handle: &Handle) -> Vec<SessionOptions<String>> {
        self(parts, handle).into_sessions()
    }
}

/// A closure `|request| ..`.
pub fn compute_session<T: IntoSessions>(
    compute: fn(&Parts) -> T,
    parts: &Parts,
) -> Vec<SessionOptions<String>> {
    compute(parts).into_sessions()
}

/// A closure `|request, handle| ..`.
pub fn compute_session_with<T: IntoSessions>(
    compute: fn(&Parts, &Handle) -> T,
    parts: &Parts,
    handle: &Handle,
) -> Vec<SessionOptions<String>> {
    compute(parts, handle).into_sessions()
}

/// A function for `exclude` of `force_ssl`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `exclude`",
    label = "expected `fn(&http::request::Parts) -> bool`, or with `&Handle` as a second argument"
)]
pub trait Excludes<Arguments> {
    fn excludes(self, head: &Parts, handle: &Handle) -> bool;
}

impl<F: FnOnce(&Parts) -> bool> Excludes<(Parts,)> for F {
    fn excludes(self, head: &Parts, _: &Handle) -> bool {
        self(head)
    }
}

impl<F: FnOnce(&Parts, &Handle) -> bool> Excludes<(Parts, Handle)> for F {
    fn excludes(self, head: &Parts, handle: &Handle) -> bool {
        self(head, handle)
    }
}

/// A closure `|head| ..`.
pub fn excludes(excludes: fn(&Parts) -> bool, head: &Parts) -> bool {
    excludes(head)
}

/// A function for `host` of `force_ssl`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `host`",
    label = "expected `fn(&http::request::Parts) -> String`, or with `&Handle` as a second argument"
)]
pub trait ChooseHost<Arguments> {
    fn host(self, head: &Parts, handle: &Handle) -> String;
}

impl<F: FnOnce(&Parts) -> R, R: Into<String>> ChooseHost<(Parts, R)> for F {
    fn host(self, head: &Parts, _: &Handle) -> String {
        self(head).into()
    }
}

impl<F: FnOnce(&Parts, &Handle) -> R, R: Into<String>> ChooseHost<(Parts, Handle, R)> for F {
    fn host(self, head: &Parts, handle: &Handle) -> String {
        self(head, handle).into()
    }
}

/// A closure `|head| ..`.
pub fn choose_host<R: Into<String>>(host: fn(&Parts) -> R, head: &Parts) -> String {
    host(head).into()
}

/// A function for `who_may` of `dashboard`: with or without the running endpoint.
#[diagnostic::on_unimplemented(
    message = "this is not a function for `who_may`",
    label = "expected `fn(&http::request::Parts) -> Access`, or with `&Handle` as a second argument"
)]
pub trait MaySee<Arguments> {
    fn may_see(self, head: &Parts, handle: &Handle) -> Access;
}

impl<F: FnOnce(&Parts) -> R, R: Into<Access>> MaySee<(Parts, R)> for F {
    fn may_see(self, head: &Parts, _: &Handle) -> Access {
        self(head).into()
    }
}

impl<F: FnOnce(&Parts, &Handle) -> R, R: Into<Access>> MaySee<(Parts, Handle, R)> for F {
    fn may_see(self, head: &Parts, handle: &Handle) -> Access {
        self(head, handle).into()
    }
}

/// A closure `|head| ..`.
pub fn may_see<R: Into<Access>>(may_see: fn(&Parts) -> R, head: &Parts) -> Access {
    may_see(head).into()
}

/// A closure `|head, handle| ..`.
pub fn may_see_with<R: Into<Access>>(
    may_see: fn(&Parts, &Handle) -> R,
    head: &Parts,
    handle: &Handle,
) -> Access {
    may_see(head, handle).into()
}

//! A request, from its head to the response.

use std::{
    borrow::Cow,
    fmt, io,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE, ETAG, RANGE, VARY,
    },
    request::Parts,
};
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    condition, encoding,
    future::StaticFuture,
    kind,
    options::{Options, Static},
    path::{Named, below, decoded, named},
    range::{self, Part},
    source::{Found, Opened, Source},
};
use crate::{
    body::Body,
    error::BoxError,
    escape::told,
    plug::{forbid_caching, plain},
};

/// A service behind [`Static`](crate::assets::Static).
#[derive(Clone)]
pub struct StaticService<S> {
    inner: S,
    options: Arc<Options>,
}

impl<S> Layer<S> for Static {
    type Service = StaticService<S>;

    fn layer(&self, inner: S) -> StaticService<S> {
        if let Source::Disk { root, .. } = &self.0.source
            && !root.is_dir()
        {
            tracing::warn!("static files: `{}` is not a directory", root.display());
        }
        StaticService {
            inner,
            options: Arc::new(self.0.clone()),
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for StaticService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticService")
            .field("inner", &self.inner)
            .field("options", &self.options)
            .finish()
    }
}

impl<S, B, R> Service<Request<B>> for StaticService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Send + 'static,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = StaticFuture<S::Future, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match target(&self.options, &request) {
            Target::File => {}
            Target::Elsewhere => return StaticFuture::passed(self.inner.call(request)),
            Target::Unsafe => return StaticFuture::looking(async { Ok(refused()) }),
        }
        let options = self.options.clone();
        if !options.source.blocks() {
            let (parts, body) = request.into_parts();
            return match answer(&options, &parts) {
                Ok(Some(response)) => StaticFuture::looking(async { Ok(response) }),
                Ok(None) => StaticFuture::passed(self.inner.call(Request::from_parts(parts, body))),
                Err(error) => StaticFuture::looking(async move { Ok(failed(&error)) }),
            };
        }
        // `poll_ready` was called on this one: its clone may not be ready.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        StaticFuture::looking(async move {
            let (parts, body) = request.into_parts();
            let looked =
                tokio::task::spawn_blocking(move || (answer(&options, &parts), parts)).await;
            match looked {
                Ok((Ok(Some(response)), _)) => Ok(response),
                Ok((Ok(None), parts)) => Ok(inner
                    .call(Request::from_parts(parts, body))
                    .await?
                    .map(Body::new)),
                Ok((Err(error), _)) => Ok(failed(&error)),
                Err(error) => Ok(failed(&error)),
            }
        })
    }
}

enum Target {
    File,
    Elsewhere,
    Unsafe,
}

/// The kind of a request, by its head alone: no file is looked for.
fn target<B>(options: &Options, request: &Request<B>) -> Target {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Target::Elsewhere;
    }
    let Some(segments) = below(request.uri().path(), &options.at) else {
        return Target::Elsewhere;
    };
    if !options.tell_missing_only
        && !segments
            .first()
            .is_some_and(|first| options.allows(&decoded(first)))
    {
        return Target::Elsewhere;
    }
    match named(&segments) {
        Named::File(_) => Target::File,
        Named::Nothing => Target::Elsewhere,
        Named::Unsafe => Target::Unsafe,
    }
}

/// The response with a file; `None` if there is no such file. Blocks if files are on disk.
fn answer(options: &Options, parts: &Parts) -> io::Result<Option<Response<Body>>> {
    let Some(segments) = below(parts.uri.path(), &options.at) else {
        return Ok(None);
    };
    let Named::File(names) = named(&segments) else {
        return Ok(None);
    };
    let (Some(first), Some(name)) = (names.first(), names.last()) else {
        return Ok(None);
    };
    if !options.allows(first) {
        return missing_only(options, &names);
    }
    let Some((mut found, encoding)) = find(options, parts, &names)? else {
        return Ok(None);
    };

    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    if options.encodings().next().is_some() {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let mut etag = tell_caches(options, parts, &found, &mut response);
    if etag
        .as_ref()
        .is_some_and(|etag| condition::is_known(&parts.headers, etag.as_bytes()))
    {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(Some(response));
    }
    let content = match parts.method {
        Method::HEAD => None,
        _ => match found.open()? {
            Some(Opened { content, changed }) => {
                if changed {
                    etag = tell_caches(options, parts, &found, &mut response);
                }
                Some(content)
            }
            None => return Ok(None),
        },
    };
    let size = found.size();
    let part = match condition::is_same(&parts.headers, etag.as_ref().map(HeaderValue::as_bytes)) {
        true => range::part(&parts.headers, size),
        false => Part::Whole,
    };
    let headers = response.headers_mut();
    if options.typed {
        let own = options.content_types.get(&**name).cloned();
        headers.insert(
            CONTENT_TYPE,
            own.unwrap_or_else(|| HeaderValue::from_static(kind::of(name))),
        );
    }
    if let Some(encoding) = encoding.and_then(|encoding| HeaderValue::from_str(encoding).ok()) {
        headers.insert(CONTENT_ENCODING, encoding);
    }
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let (status, start, length) = match part {
        Part::Whole => (StatusCode::OK, 0, size),
        Part::Bytes(first, last) => {
            headers.insert(
                CONTENT_RANGE,
                header(format!("bytes {first}-{last}/{size}"))?,
            );
            (StatusCode::PARTIAL_CONTENT, first, last - first + 1)
        }
        Part::Beyond => {
            headers.insert(CONTENT_RANGE, header(format!("bytes */{size}"))?);
            headers.remove(CONTENT_TYPE);
            (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0)
        }
    };
    headers.insert(CONTENT_LENGTH, length.into());
    add_own(options, parts, &mut response);
    *response.status_mut() = status;
    if let Some(content) = content.filter(|_| length > 0) {
        *response.body_mut() = content.body(start, length)?;
    }
    Ok(Some(response))
}

/// The file to send, and its encoding if it is a compressed sibling. A request for a range gets the
/// plain file: the range counts its bytes.
fn find<'a>(
    options: &'a Options,
    parts: &Parts,
    names: &[Cow<'_, str>],
) -> io::Result<Option<(Found, Option<&'a str>)>> {
    let accepted = match parts.headers.contains_key(RANGE) {
        true => Vec::new(),
        false => encoding::accepted(&parts.headers, options.encodings()),
    };
    let (mut sibling, name) = (names.to_vec(), names.last().map_or("", |name| &**name));
    for (encoding, extension) in accepted {
        if let Some(last) = sibling.last_mut() {
            *last = Cow::Owned([name, extension].concat());
        }
        if let Some(found) = options.source.find(&sibling)? {
            return Ok(Some((found, Some(encoding))));
        }
    }
    Ok(options.source.find(names)?.map(|found| (found, None)))
}

/// Sets the headers for caches. Returns the ETag, if there is one.
fn tell_caches(
    options: &Options,
    parts: &Parts,
    found: &Found,
    response: &mut Response<Body>,
) -> Option<HeaderValue> {
    let headers = response.headers_mut();
    if options.never_cached {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return None;
    }
    let vsn = parts
        .uri
        .query()
        .is_some_and(|query| query.starts_with("vsn="));
    if let (true, Some(value)) = (vsn, &options.for_vsn) {
        headers.insert(CACHE_CONTROL, value.clone());
        return None;
    }
    let Some(value) = &options.for_etags else {
        forbid_caching(response);
        return None;
    };
    headers.insert(CACHE_CONTROL, value.clone());
    let tag = match &options.etag {
        Some(function) => function(found.path()).into(),
        None => found.tag(),
    };
    let etag = HeaderValue::from_str(&format!("\"{tag}\"")).ok()?;
    headers.insert(ETAG, etag.clone());
    Some(etag)
}

fn add_own(options: &Options, parts: &Parts, response: &mut Response<Body>) {
    let by_request = options.headers_by.as_ref().map(|function| function(parts));
    for own in [&options.headers].into_iter().chain(&by_request) {
        for name in own.keys() {
            response.headers_mut().remove(name);
        }
        response.headers_mut().extend(
            own.iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
}

/// The response if a file exists, but the list of served files does not name it.
fn missing_only(options: &Options, names: &[Cow<'_, str>]) -> io::Result<Option<Response<Body>>> {
    let found = options.source.find(names)?;
    Ok(found.map(|found| {
        let path = found.path().display();
        tracing::error!("static file exists but is not in the `only` list: `{path}`");
        refused()
    }))
}

/// The response to a path that no file may have.
fn refused() -> Response<Body> {
    let mut response = plain(StatusCode::BAD_REQUEST);
    forbid_caching(&mut response);
    response
}

/// The response when the disk fails: when no file descriptor is left, for example.
fn failed(error: &(dyn std::error::Error + 'static)) -> Response<Body> {
    tracing::error!(error = %told(&error), "a static file cannot be read");
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE);
    forbid_caching(&mut response);
    response
}

fn header(text: String) -> io::Result<HeaderValue> {
    HeaderValue::try_from(text).map_err(io::Error::other)
}

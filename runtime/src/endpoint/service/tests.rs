#![expect(clippy::unwrap_used, reason = "tests")]

use http::{StatusCode, header};
use http_body_util::{BodyExt, Full};

use super::*;
use crate::{config::Config, interop, plug::plain, pubsub::PubSub, state::AppState};

/// Answers at `/socket` with the request as a socket sees it.
struct OnePath;

impl Sockets for OnePath {
    fn dispatch(&self, request: &mut Option<Request<Body>>) -> Option<BoxResponse> {
        let open = request.as_ref()?;
        let response: BoxResponse = match open.uri().path() {
            "/socket" => {
                let (parts, _) = request.take()?.into_parts();
                let peer = interop::peer(&parts.extensions);
                let text = format!("socket {} from {peer:?}", interop::full_uri(&parts));
                Box::pin(async { Ok(Response::new(Body::from(text))) })
            }
            "/socket/cached" => Box::pin(async {
                let mut response = plain(StatusCode::FORBIDDEN);
                response.headers_mut().insert(
                    header::CACHE_CONTROL,
                    header::HeaderValue::from_static("no-store"),
                );
                Ok(response)
            }),
            "/socket/panic" => panic!("at once"),
            "/socket/panic-later" => Box::pin(async { panic!("later") }),
            _ => return None,
        };
        Some(response)
    }
}

/// Answers with the endpoint that the request came through.
#[derive(Clone)]
struct Named;

impl Service<Request<Body>> for Named {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let handle = request.extensions().get::<Handle>();
        std::future::ready(Ok(Response::new(Body::from(format!("{handle:?}")))))
    }
}

fn service(pipeline: Pipeline) -> EndpointService {
    let handle = Handle::new(
        "Test",
        Config::default(),
        PubSub::new(),
        AppState::default(),
    );
    EndpointService::new(
        handle,
        OnePath,
        pipeline,
        None,
        Pages::default(),
        (None, None),
    )
}

mod forced;

async fn ask<S, B>(mut service: S, path: &str) -> (u16, Option<String>, String)
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible>,
    B: HttpBody<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let request = Request::builder().uri(path).body(Full::default()).unwrap();
    let (head, body) = service.call(request).await.unwrap().into_parts();
    let caching = head
        .headers
        .get(header::CACHE_CONTROL)
        .map(|value| value.to_str().unwrap().to_owned());
    let body = body.collect().await.unwrap().to_bytes();
    (
        head.status.as_u16(),
        caching,
        String::from_utf8(body.into()).unwrap(),
    )
}

#[tokio::test]
async fn sockets_come_before_the_pipeline_and_are_not_cached() {
    let service = service(Pipeline::new(Named));
    let (status, caching, body) = ask(service.clone(), "/socket").await;
    assert_eq!((status, body.as_str()), (200, "socket /socket from None"));
    assert_eq!(caching.unwrap(), "max-age=0, private, must-revalidate");
    let (status, caching, _) = ask(service.clone(), "/socket/cached").await;
    assert_eq!((status, caching.unwrap().as_str()), (403, "no-store"));
    let (status, caching, body) = ask(service, "/other").await;
    assert_eq!(
        (status, caching, body.as_str()),
        (200, None, "Some(Handle(\"Test\"))")
    );
}

#[tokio::test]
async fn a_panic_of_a_socket_is_a_500() {
    let service = service(Pipeline::not_found());
    for path in ["/socket/panic", "/socket/panic-later"] {
        let (status, _, body) = ask(service.clone(), path).await;
        assert_eq!((status, body.as_str()), (500, "Internal Server Error"));
    }
    assert_eq!(ask(service, "/").await.0, 404);
}

#[cfg(feature = "axum")]
mod with_axum {
    use std::net::SocketAddr;

    use axum::{Router, extract::ConnectInfo, routing::get};

    use super::*;

    #[tokio::test]
    async fn an_endpoint_nests_in_a_router() {
        let peer = SocketAddr::from(([1, 2, 3, 4], 5));
        let router = Router::new().nest_service("/rt", service(Pipeline::new(Named)));
        let router = router.layer(axum::Extension(ConnectInfo(peer)));
        let (_, _, body) = ask(router.clone(), "/rt/socket?x=y").await;
        assert_eq!(body, "socket /rt/socket?x=y from Some(1.2.3.4:5)");
        assert_eq!(ask(router, "/rt/other").await.2, "Some(Handle(\"Test\"))");
    }

    #[tokio::test]
    async fn a_router_is_a_service_to_end_in() {
        async fn name(handle: Handle) -> String {
            format!("{handle:?}")
        }
        let router = Router::new()
            .route("/name", get(name))
            .route("/", get(|| async { "home" }));
        let service = service(Pipeline::new(router.clone()));
        assert_eq!(ask(service.clone(), "/name").await.2, "Handle(\"Test\")");
        assert_eq!(ask(service.clone(), "/").await.2, "home");
        assert_eq!(ask(service, "/nowhere").await.0, 404);
        assert_eq!(
            ask(router, "/name").await.0,
            500,
            "outside an endpoint there is no handle"
        );
    }
}

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use http_body_util::BodyExt;

use super::*;

async fn shown(response: Response<Body>) -> String {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    format!(
        "{} {}",
        head.status.as_u16(),
        str::from_utf8(&body).unwrap()
    )
}

async fn ask(pipeline: &Pipeline, path: &str) -> String {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    shown(pipeline.run(&mut Some(request)).answer().await).await
}

/// A service from a function that may fail.
#[derive(Clone)]
struct Try<F>(F);

impl<F, R> Service<Request<Body>> for Try<F>
where
    F: FnMut(Request<Body>) -> R,
    R: Future<Output = Result<Response<String>, BoxError>>,
{
    type Response = Response<String>;
    type Error = BoxError;
    type Future = R;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> R {
        (self.0)(request)
    }
}

#[tokio::test]
async fn without_a_service_everything_is_404() {
    let pipeline = Pipeline::not_found();
    assert_eq!(ask(&pipeline, "/").await, "404 Not Found");
    let response = pipeline
        .run(&mut Some(Request::new(Body::empty())))
        .answer()
        .await;
    assert_eq!(
        response.headers()["cache-control"],
        "max-age=0, private, must-revalidate"
    );
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
}

#[tokio::test]
async fn errors_and_panics_end_in_500_and_in_nothing_else() {
    let pipeline = Pipeline::new(Try(|request: Request<Body>| {
        let path = request.uri().path().to_owned();
        assert_ne!(path, "/call");
        async move {
            if path == "/error" {
                return Err("no".into());
            }
            tokio::task::yield_now().await;
            assert_ne!(path, "/poll");
            if path == "/text" {
                panic!("{path}");
            }
            Ok(Response::new(path))
        }
    }));
    for path in ["/call", "/error", "/poll", "/text"] {
        assert_eq!(
            ask(&pipeline, path).await,
            "500 Internal Server Error",
            "{path}"
        );
        assert_eq!(ask(&pipeline, "/fine").await, "200 /fine");
    }
}

#[derive(Clone, Default)]
struct Unready {
    asked: Arc<AtomicUsize>,
    ready: bool,
}

impl Service<Request<Body>> for Unready {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Response<Body>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.ready = self.asked.fetch_add(1, Relaxed) % 2 == 1;
        if self.ready {
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        assert!(self.ready, "called before it was ready");
        std::future::ready(Ok(Response::new(Body::from("ready"))))
    }
}

#[tokio::test]
async fn a_service_is_called_when_it_is_ready() {
    let pipeline = Pipeline::new(Unready::default());
    assert_eq!(ask(&pipeline, "/").await, "200 ready");
    assert_eq!(ask(&pipeline, "/").await, "200 ready");
}

/// Writes its letter on the way in.
#[derive(Clone)]
struct Letter(char);

#[derive(Clone)]
struct Lettered<S>(char, S);

impl<S> Layer<S> for Letter {
    type Service = Lettered<S>;

    fn layer(&self, inner: S) -> Lettered<S> {
        Lettered(self.0, inner)
    }
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for Lettered<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.1.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> S::Future {
        let path = format!("{}{}", request.uri().path(), self.0);
        *request.uri_mut() = path.parse().unwrap();
        self.1.call(request)
    }
}

#[tokio::test]
async fn the_plug_put_on_last_runs_first() {
    let service =
        Try(|request: Request<Body>| async move { Ok(Response::new(request.uri().to_string())) });
    let service = plug(Letter('b'), service);
    let service = plug(Letter('a'), service);
    assert_eq!(ask(&Pipeline::new(service), "/").await, "200 /ab");
}

#[test]
fn a_body_of_ours_is_not_boxed_again() {
    let body = Body::new(Body::new(Body::from("hello")));
    assert_eq!(body.size_hint().exact(), Some(5));
    assert!(format!("{body:?}").contains('5'));
}

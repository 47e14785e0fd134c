async fn css(times: usize) {
    let _ = times;
}

async fn js() -> usize {
    1
}

landfall::endpoint! {
    pub struct Web;
    watchers(css = css, js = js);
}

fn main() {}

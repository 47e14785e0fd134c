landfall::endpoint! {
    pub struct Web;
    watchers(css = || async {}, js = |edge, state| async {});
}

fn main() {}

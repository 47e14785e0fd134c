struct Foo;

landfall::endpoint! {
    pub struct Web;
    socket("/a", Foo);
}

fn main() {}

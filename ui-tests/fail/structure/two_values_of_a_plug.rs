landfall::endpoint! {
    struct Web;
    plug(layer(), layer());
    plug(,);
    service(router(),);
}

fn main() {}

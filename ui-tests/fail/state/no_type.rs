landfall::endpoint! {
    struct Web;
    state = 5;
}

landfall::endpoint! {
    struct Group;
    state(App);
}

landfall::endpoint! {
    struct Twice;
    state = u8;
    state = u16;
}

landfall::endpoint! {
    struct Sometimes;
    #[cfg(unix)]
    state = u8;
}

landfall::endpoint! {
    struct Misspelt;
    stat = u8;
}

landfall::endpoint! {
    struct Fields {
        pool: u8,
    }
}

fn main() {}

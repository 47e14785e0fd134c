use landfall_ui_tests::TokenSocket;

landfall::endpoint! {
    pub struct Web;
    socket("/a", TokenSocket);
}

fn main() {}

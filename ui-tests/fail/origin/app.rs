landfall::endpoint! {
    pub struct Web;
    check_origin = ["capacitor://localhost/", "tauri://", "chrome-extension://*", "capacitor:localhost", "app://localhost:http"];
}

fn main() {}

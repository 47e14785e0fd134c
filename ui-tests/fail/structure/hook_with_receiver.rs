landfall::endpoint! {
    pub struct Web;
    fn init(&self) -> Result<Config, ConfigError> {
        Err(ConfigError::new("no"))
    }
}

fn main() {}

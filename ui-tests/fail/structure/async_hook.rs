landfall::endpoint! {
    pub struct Web;
    async fn init(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }
}

fn main() {}

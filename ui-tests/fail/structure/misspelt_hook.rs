landfall::endpoint! {
    pub struct Web;
    fn int(config: Config) -> Result<Config, ConfigError> {
        Ok(config)
    }
}

fn main() {}

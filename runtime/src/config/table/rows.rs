//! What a table of rows generates.

/// Generates the struct of a layer and that of a configuration from a table of rows.
macro_rules! settings {
    ($(
        $(#[$about_layer:meta])* $Layer:ident =>
        $(#[$about_config:meta])* $Config:ident {
            $( $(#[$doc:meta])* $when:ident $vis:vis $key:ident: $Said:ty => $Value:ty $(= $default:expr)?, )*
        }
    )*) => { $(
        $(#[$about_layer])*
        #[derive(Clone, Debug, Default)]
        pub struct $Layer {
            $( $(#[$doc])* pub $key: $Said, )*
        }

        impl $Layer {
            /// No key set.
            pub const DEFAULT: $Layer = $Layer { $( $key: <$Said as Layered>::UNSET, )* };
        }

        $(#[$about_config])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $Config {
            $( $(#[$doc])* $vis $key: $Value, )*
        }

        impl Default for $Config {
            fn default() -> Self {
                $Config { $( $key: settings!(@default $($default)?), )* }
            }
        }

        impl Layered for $Layer {
            const UNSET: Self = $Layer::DEFAULT;
            const SHAPE: Shape =
                Shape::Group(&[$( (
                    stringify!($key),
                    settings!(@when $when),
                    <$Said as Layered>::SHAPE,
                ), )*]);
        }

        impl Resolve<$Config> for $Layer {
            fn resolve(
                key: Key<'_>,
                declared: &Self,
                options: &Self,
                defaults: $Config,
                resolver: &mut Resolver<'_>,
            ) -> $Config {
                $Config { $(
                    $key: <$Said as Resolve<$Value>>::resolve(
                        Key(&key.below(stringify!($key))),
                        &declared.$key,
                        &options.$key,
                        defaults.$key,
                        resolver,
                    ),
                )* }
            }

            fn compare(
                key: Key<'_>,
                _: When,
                before: Option<&$Config>,
                after: Option<&$Config>,
                changes: &mut Changes,
            ) {
                // Without closures: each would be four functions to compile, and there are a hundred rows.
                $( <$Said as Resolve<$Value>>::compare(
                    Key(&key.below(stringify!($key))),
                    settings!(@when $when),
                    match before { Some(config) => Some(&config.$key), None => None },
                    match after { Some(config) => Some(&config.$key), None => None },
                    changes,
                ); )*
            }

            fn check(key: Key<'_>, config: &$Config, found: &mut Findings) {
                $( <$Said as Resolve<$Value>>::check(
                    Key(&key.below(stringify!($key))),
                    &config.$key,
                    found,
                ); )*
            }
        }
    )* };
    (@when live) => { When::Live };
    (@when start) => { When::Start };
    (@default) => { Default::default() };
    (@default $default:expr) => { $default };
}

pub(super) use settings;

//! Turns settings, mounts and stages into expressions of the runtime's types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Expr, FnArg, ItemFn, ItemStruct, Path, ReturnType, Type, spanned::Spanned};

use super::{
    ast::{self, Declaration, Extra, ExtraValue, Mount, Setting, Value},
    instrumenters, paths, sessions, statics, unusual_mount, watchers,
};
use crate::{
    diag::Diagnostics,
    editor::{self, List},
    expansion::{located, type_name},
    language::{
        attributes::{cfgs, is_conditional, repeatable, without_docs},
        expr::{self, Env},
        key::{Form, Kind, Phase},
        options::{Entry, Options},
        schema,
    },
    value::{closure, lower},
    warning::{self, Warnings},
};

/// A declaration whose values are expressions of the runtime's types.
pub(crate) struct Lowered<'a> {
    pub(crate) item: &'a ItemStruct,
    pub(crate) krate: Option<&'a Path>,
    pub(crate) state: Option<&'a Type>,
    /// Names of directives that the expansion does not repeat.
    pub(crate) names: Vec<&'a Ident>,
    pub(crate) init: Option<Init>,
    /// Fields that are fixed at compile time.
    pub(crate) compiled: Vec<TokenStream>,
    /// `settings.name = ..;`
    pub(crate) settings: Vec<TokenStream>,
    pub(crate) mounts: Vec<Part<'a>>,
    /// Mounts that may be served at one path: the earlier one, the later one, and its path.
    pub(crate) pairs: Vec<(usize, usize, Span)>,
    pub(crate) stages: Vec<Stage<'a>>,
    /// Statements that set the adapter, each under the conditions of its directive.
    pub(crate) adapters: Vec<Part<'a>>,
    /// Instrumenters, each under the conditions of its directive.
    pub(crate) instrumenters: Vec<Part<'a>>,
    /// Entries of the list of functions that watchers run, each under the conditions of its
    /// directive.
    pub(crate) watchers: Vec<Part<'a>>,
    /// `const STATIC_FILES: .. = ..;`
    pub(crate) statics: Option<TokenStream>,
    pub(crate) warnings: Warnings,
    /// Constants that do not compile if two sessions are in each other's way.
    pub(crate) sessions: Vec<TokenStream>,
}

/// An expression, and the conditions and lint levels of its statement.
pub(crate) struct Part<'a> {
    pub(crate) attributes: Vec<&'a Attribute>,
    pub(crate) value: TokenStream,
}

/// `fn init`: what the user wrote, which stays with the type, and the function of `Endpoint` that
/// calls it.
pub(crate) struct Init {
    pub(crate) written: TokenStream,
    pub(crate) function: TokenStream,
}

/// A plug, or the service.
pub(crate) struct Stage<'a> {
    pub(crate) part: Part<'a>,
    pub(crate) is_service: bool,
    pub(crate) is_conditional: bool,
}

/// `None` without a type, which has been reported. Reports a manifest that cannot be read.
pub(crate) fn declaration<'a>(
    declaration: &'a Declaration,
    diag: &mut Diagnostics,
) -> Option<Lowered<'a>> {
    let statics = statics::constant(declaration, diag);
    let item = declaration.item.as_ref()?;
    let warnings = diag.warnings();
    let of_phase = |phase| {
        let settings = declaration.settings.iter();
        settings.filter(move |setting| setting.phase == phase)
    };
    let mounts = declaration.mounts.iter().map(|one| Part {
        attributes: without_docs(&one.attributes).collect(),
        value: warning::before(warnings.of(one.part), &mount(one, &item.ident)),
    });
    let pairs = paths::pairs(&declaration.mounts).into_iter();
    let pairs = pairs.filter_map(|(earlier, later)| {
        let mount = declaration.mounts.get(later)?;
        Some((earlier, later, mount.path.span()))
    });
    Some(Lowered {
        item,
        krate: declaration.krate.as_ref(),
        state: declaration.state.as_ref(),
        names: unrepeated(declaration).collect(),
        init: declaration.init.as_ref().map(init),
        compiled: of_phase(Phase::Compile)
            .map(|one| compiled(one, &warnings))
            .chain(plugs(declaration))
            .collect(),
        settings: of_phase(Phase::Start)
            .map(|one| setting(one, &warnings))
            .collect(),
        mounts: mounts.collect(),
        pairs: pairs.collect(),
        adapters: declaration.settings.iter().filter_map(adapter).collect(),
        instrumenters: declaration
            .instrumenters
            .iter()
            .flat_map(instrumenter)
            .collect(),
        watchers: declaration.settings.iter().flat_map(watcher).collect(),
        stages: declaration
            .pipeline
            .iter()
            .map(|one| stage(one, &warnings))
            .collect(),
        statics,
        warnings,
        sessions: sessions::checks(declaration),
    })
}

fn unrepeated(declaration: &Declaration) -> impl Iterator<Item = &Ident> {
    let names = declaration.names.iter().map(|name| &name.ident);
    names.filter(|name| {
        schema::directive(&name.to_string())
            .is_some_and(|known| matches!(known.form, Form::Socket | Form::Expression | Form::Type))
    })
}

/// The settings, under a name that no expression of the user has.
pub(crate) fn settings() -> Ident {
    Ident::new("settings", Span::mixed_site())
}

/// The application's state, under a name that no expression of the user has.
pub(crate) fn state() -> Ident {
    Ident::new("__state", Span::mixed_site())
}

/// The running endpoint, under a name that no expression of the user has.
pub(crate) fn edge() -> Ident {
    Ident::new("__edge", Span::mixed_site())
}

/// The type of its result decides. An error about it points at that type.
fn init(written: &ItemFn) -> Init {
    let ItemFn { attrs, sig, .. } = written;
    let config = quote!(__config);
    let given = match sig.inputs.first() {
        Some(FnArg::Typed(argument)) => located(config.clone(), argument.ty.span()),
        _ => config.clone(),
    };
    let at = match &sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => sig.ident.span(),
    };
    let into = located(quote!(__rt::IntoConfig::into_config), at);
    let (name, cfgs) = (&sig.ident, cfgs(attrs));
    let called = quote_spanned!(at.resolved_at(Span::mixed_site())=> #into(Self::#name(#given)));
    Init {
        written: written.to_token_stream(),
        function: quote! {
            #(#cfgs)*
            fn init(
                #config: __rt::Config,
            ) -> ::core::result::Result<__rt::Config, __rt::BoxError> {
                #called
            }
        },
    }
}

/// `settings.url = ..;`
fn setting(setting: &Setting, warnings: &Warnings) -> TokenStream {
    let (name, settings) = (&setting.name, settings());
    let statements = match &setting.value {
        Value::Group(options) => {
            let group = group(options);
            quote!(#settings.#name = #group;)
        }
        Value::Off if name == "watchers" => quote!(#settings.#name = __rt::Watchers::OFF;),
        Value::Off => quote!(#settings.#name = __rt::Group::OFF;),
        Value::Watchers(entries) => watchers::settings(entries, name, &settings),
        Value::Expr(key, value) => {
            let value = lower::value_of(key, value, setting.phase);
            quote!(#settings.#name = #value;)
        }
        Value::Extra(entries) => entries
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                // The user's own token occurs once: editors look up one place for it.
                let name = if index == 0 {
                    name
                } else {
                    &Ident::new("extra", Span::call_site())
                };
                let (key, value) = (
                    entry.name.to_string(),
                    extra_setting(&entry.value, entry.name.span()),
                );
                quote!(#settings.#name(#key, #value);)
            })
            .collect(),
    };
    let attributes: Vec<_> = without_docs(&setting.attributes).collect();
    let warnings = warnings.of(setting.part);
    if attributes.is_empty() {
        quote!(#statements #(#warnings)*)
    } else {
        quote!(#(#attributes)* { #statements #(#warnings)* })
    }
}

/// The adapter of `pubsub(adapter = ..)`.
fn adapter(setting: &Setting) -> Option<Part<'_>> {
    let Value::Group(options) = &setting.value else {
        return None;
    };
    let mut entries = options.entries.iter();
    let entry = entries.find(|entry| matches!(entry.key.kind, Kind::Adapter))?;
    let (value, state) = (entry.expr()?, state());
    let at = value.span();
    let made = match closure::of(value) {
        Some(_) => quote_spanned!(at=> __rt::with_state(#state, #value)),
        None => value.to_token_stream(),
    };
    Some(Part {
        attributes: repeatable(&setting.attributes).collect(),
        value: quote_spanned!(at=> __rt::adapter(#made)),
    })
}

/// The values of `instrumenters(..)`.
fn instrumenter(directive: &ast::Instrumenters) -> impl Iterator<Item = Part<'_>> {
    directive.values.iter().map(|value| Part {
        attributes: without_docs(&directive.attributes).collect(),
        value: instrumenters::value(value, &state()),
    })
}

/// The functions of `watchers(css = assets::watch)`.
fn watcher(setting: &Setting) -> Vec<Part<'_>> {
    let Value::Watchers(entries) = &setting.value else {
        return Vec::new();
    };
    let functions = watchers::functions(entries, &edge()).into_iter();
    let part = |value| Part {
        attributes: repeatable(&setting.attributes).collect(),
        value,
    };
    functions.map(part).collect()
}

/// `plugs: &["Sessions::new(..)"]`, if there are pages that show it.
fn plugs(declaration: &Declaration) -> Option<TokenStream> {
    let shown = declaration
        .names
        .iter()
        .any(|name| name.ident == "debug_errors");
    let stages = declaration.pipeline.iter().map(|stage| {
        let attributes = cfgs(&stage.attributes);
        let text = format!("{}({})", stage.name, headline(&stage.value));
        quote!(#(#attributes)* #text)
    });
    shown.then(|| quote!(plugs: &[#(#stages),*]))
}

/// The path of an expression without its arguments, which may be secret.
fn headline(value: &TokenStream) -> String {
    match syn::parse2::<Expr>(value.clone()) {
        Ok(value) => subject(&value),
        Err(_) => "..".to_owned(),
    }
}

fn subject(value: &Expr) -> String {
    match value {
        Expr::Path(path) => path.to_token_stream().to_string().replace(' ', ""),
        Expr::Call(call) => format!("{}(..)", subject(&call.func)),
        Expr::MethodCall(call) => format!("{}.{}(..)", subject(&call.receiver), call.method),
        Expr::Struct(literal) => {
            let path = literal.path.to_token_stream().to_string();
            format!("{} {{ .. }}", path.replace(' ', ""))
        }
        Expr::Closure(closure) => format!("|..| {}", subject(&closure.body)),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, None)] => subject(only),
            _ => "..".to_owned(),
        },
        Expr::Group(group) => subject(&group.expr),
        Expr::Paren(paren) => subject(&paren.expr),
        Expr::Reference(reference) => subject(&reference.expr),
        _ => "..".to_owned(),
    }
}

/// `force_ssl: ..`, a field that is fixed at compile time.
fn compiled(setting: &Setting, warnings: &Warnings) -> TokenStream {
    let (name, attributes) = (&setting.name, without_docs(&setting.attributes));
    let value = match &setting.value {
        Value::Group(options) if name == "dashboard" => {
            let (literal, at) = (literal(options), name.span());
            some(&quote_spanned!(at.resolved_at(Span::mixed_site())=> __rt::dashboard(#literal)))
        }
        Value::Group(options) => some(&literal(options)),
        Value::Expr(key, value) => lower::value_of(key, value, setting.phase),
        Value::Off | Value::Extra(_) | Value::Watchers(_) => TokenStream::new(),
    };
    let value = warning::before(warnings.of(setting.part), &value);
    quote!(#(#attributes)* #name: #value)
}

fn group(options: &Options) -> TokenStream {
    match options.group.name {
        "http" | "https" | "static_url" | "drainer" | "live_reload" => {
            let group = literal(options);
            quote!(__rt::Group::on(#group))
        }
        _ => literal(options),
    }
}

fn literal(options: &Options) -> TokenStream {
    let literal = Ident::new(options.group.literal, Span::call_site());
    lower::literal(options, &quote!(__rt::#literal::DEFAULT))
}

fn some(value: &TokenStream) -> TokenStream {
    quote!(::core::option::Option::Some(#value))
}

fn extra_setting(value: &ExtraValue, at: Span) -> TokenStream {
    let plain = match value {
        ExtraValue::Table(_) => extra_value(value),
        ExtraValue::Expr(value) => match Env::of(value) {
            Some(env) => {
                let variable = env.variable();
                return match env.default {
                    None => quote_spanned!(at=> __rt::Setting::env(#variable)),
                    Some(default) => {
                        quote_spanned!(at=> __rt::Setting::env_or(#variable, #default))
                    }
                };
            }
            None => value.to_token_stream(),
        },
    };
    quote_spanned!(at=> __rt::Setting::given(#plain))
}

fn extra_value(value: &ExtraValue) -> TokenStream {
    match value {
        ExtraValue::Expr(value) => quote!(#value),
        ExtraValue::Table(entries) => {
            let entries = entries.iter().map(|Extra { name, value }| {
                let (key, value) = (name.to_string(), extra_value(value));
                quote!((#key, __rt::Extra::from(#value)))
            });
            quote!(__rt::Extra::table([#(#entries),*]))
        }
    }
}

/// `__rt::mount(Mount { .. })`: the check of what the mount grants stands at the socket's type.
fn mount(mount: &Mount, endpoint: &Ident) -> TokenStream {
    let Mount {
        path,
        socket,
        options,
        ..
    } = mount;
    let name = type_name(socket);
    // Not at the user's own span: `unused_qualifications` finds the prelude's names shorter.
    let at = Span::call_site().located_at(socket.span());
    let preset =
        quote_spanned!(at=> <<#socket as __rt::IntoSocket>::Socket as __rt::Socket>::OPTIONS);
    let fields = options
        .entries
        .iter()
        .map(|entry| mount_field(entry, mount, endpoint, &preset));
    let state = quote!(<#endpoint as __rt::Endpoint>::State);
    let def = quote_spanned! {socket.span()=>
        __rt::SocketDef::of::<#socket, #state>(#name)
    };
    // What errors call the mount's location is where this call stands.
    let new = quote_spanned!(path.span()=> __rt::Mount::new(#path, #def));
    let warnings = unusual_mount::warnings(mount);
    let literal = quote_spanned! {socket.span()=>
        __rt::Mount {
            #(#fields,)*
            ..#new
        }
    };
    let made = if options.entries.is_empty() {
        quote_spanned!(socket.span()=> __rt::mount(#new))
    } else if warnings.is_empty() {
        quote_spanned!(socket.span()=> __rt::mount(#literal))
    } else {
        let whole = unusual_mount::whole();
        let checked = quote_spanned!(socket.span()=> __rt::mount(#whole));
        quote!({ const #whole: __rt::Mount = #literal; #(#warnings)* #checked })
    };
    if options.unfinished.is_empty() {
        return made;
    }
    let typed = editor::names(List::MountKeys, &options.unfinished);
    quote!({ #typed #made })
}

fn mount_field(
    entry: &Entry,
    mount: &Mount,
    endpoint: &Ident,
    preset: &TokenStream,
) -> TokenStream {
    let name = &entry.name;
    let field = Ident::new(entry.key.name, Span::call_site());
    let value = match (entry.key.name, entry.key.kind, entry.expr()) {
        ("websocket", _, Some(value)) if is_off(value) && is_alone(mount) => {
            quote_spanned!(value.span()=> __rt::without_websocket(&#preset.longpoll))
        }
        ("websocket", ..) => lower::optional(entry, &quote!(#preset.#field)),
        (_, Kind::SwitchedGroup(_) | Kind::OptionalGroup(_), _) => {
            lower::optional(entry, &quote!(__rt::#field(#preset.#field)))
        }
        (_, Kind::Transport, Some(value)) => transport(value, &mount.socket, endpoint),
        (_, _, Some(value)) => lower::value_of(entry.key, value, Phase::Compile),
        (_, _, None) => TokenStream::new(),
    };
    quote!(#name: #value)
}

fn is_off(value: &Expr) -> bool {
    expr::boolean(value) == Some(false)
}

/// Whether only the socket's own options can give the mount a transport other than WebSocket.
fn is_alone(mount: &Mount) -> bool {
    mount.options.get("longpoll").is_none() && mount.options.get("transport").is_none()
}

/// A function, since a transport need not be constant.
fn transport(value: &Expr, socket: &Type, endpoint: &Ident) -> TokenStream {
    let at = value.span();
    let (handle, value) = match closure::of(value) {
        Some(_) => {
            let handle = Ident::new("__handle", Span::mixed_site());
            let made = quote_spanned!(at=> __rt::with_handle::<#endpoint, _>(#handle, #value));
            (handle.to_token_stream(), made)
        }
        None => (quote!(_), value.to_token_stream()),
    };
    let made = quote_spanned!(at=> __rt::CustomTransport::new::<#socket, _>(#value));
    quote!(::core::option::Option::Some(|#handle| #made))
}

/// A plug or a service: the expression, or the result of a closure that takes the running endpoint.
fn stage<'a>(stage: &'a ast::Stage, warnings: &Warnings) -> Stage<'a> {
    let (value, edge) = (&stage.value, edge());
    let value = match syn::parse2::<Expr>(value.clone()) {
        Ok(expr) if closure::of(&expr).is_some() => {
            quote_spanned!(expr.span()=> __rt::with_edge(#edge, #value))
        }
        _ => value.clone(),
    };
    let value = warning::before(warnings.of(stage.part), &value);
    Stage {
        part: Part {
            attributes: without_docs(&stage.attributes).collect(),
            value,
        },
        is_service: stage.is_service(),
        is_conditional: is_conditional(&stage.attributes),
    }
}

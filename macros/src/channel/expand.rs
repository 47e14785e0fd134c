//! Writes `impl Channel for Type`. What the user wrote stays a method of the type, and is called from there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ImplItemFn, PatType, ReturnType, Type, spanned::Spanned};

use super::{
    argument::{is_str, is_whole},
    ast::{Channel, Direction, Handler, Method, Setup, Source},
};
use crate::block::{cfgs, info, runtime};

pub(crate) fn expand(channel: &Channel, socket: &Type, setup: &Setup) -> TokenStream {
    let Channel { attrs, self_ty, others, .. } = channel;
    let (generics, _, bounds) = channel.generics.split_for_impl();
    let runtime = runtime(setup.krate.as_ref());
    let info = info(channel.callbacks("handle_info").map(|method| &method.item));
    let intercept = intercept(channel);
    let join = channel.callbacks("join").map(join);
    let handle_in = handle_in(channel);
    let handle_info = channel.callbacks("handle_info").map(handle_info);
    let handle_out = handle_out(channel);
    let terminate = channel.callbacks("terminate").map(terminate);
    let methods = channel.methods();
    quote! {
        const _: () = {
            use #runtime as __rt;
            #(#attrs)*
            impl #generics __rt::channel::Channel for #self_ty #bounds {
                type Socket = #socket;
                #info
                #intercept
                #(#join)*
                #handle_in
                #(#handle_info)*
                #handle_out
                #(#terminate)*
            }
        };
        #(#attrs)*
        impl #generics #self_ty #bounds {
            #(#others)*
            #(#methods)*
        }
    }
}

fn name(text: &str) -> Ident {
    Ident::new(text, Span::mixed_site())
}

fn intercept(channel: &Channel) -> Option<TokenStream> {
    let events: Vec<_> = channel
        .handlers
        .iter()
        .flat_map(|handler| {
            handler.events(Direction::Out).map(|event| {
                let cfgs = cfgs(&handler.item.attrs);
                quote!(#(#cfgs)* #event)
            })
        })
        .collect();
    (!events.is_empty())
        .then(|| quote!(const INTERCEPT: &'static [&'static ::core::primitive::str] = &[#(#events),*];))
}

/// `Self::method(arguments)`, awaited if it is `async`.
fn call(item: &ImplItemFn, arguments: &[TokenStream]) -> TokenStream {
    let method = &item.sig.ident;
    let at = method.span();
    let awaited = item.sig.asyncness.as_ref().map(|_| quote_spanned!(at=> .await));
    quote_spanned!(at=> Self::#method(#(#arguments),*) #awaited)
}

/// What a method returns, turned into what the contract wants. What is wrong with its type is said there.
fn turned(item: &ImplItemFn, into: TokenStream, value: &TokenStream) -> TokenStream {
    let at = match &item.sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => item.sig.ident.span(),
    };
    let into = into.into_iter().map(|mut token| {
        token.set_span(at.resolved_at(Span::mixed_site()));
        token
    });
    let into: TokenStream = into.collect();
    quote!(#into(#value))
}

fn answer(item: &ImplItemFn, arguments: &[TokenStream]) -> TokenStream {
    turned(item, quote!(__rt::channel::IntoAnswer::into_answer), &call(item, arguments))
}

fn join(method: &Method) -> TokenStream {
    let (attempt, cfgs) = (name("__join"), cfgs(&method.item.attrs));
    let (mut taken, mut values) = (Vec::new(), Vec::new());
    for (index, (PatType { attrs, ty, .. }, source)) in method.arguments().enumerate() {
        let variable = format_ident!("__argument{index}", span = Span::mixed_site());
        let value = take(ty, source, &attempt);
        taken.push(quote!(#(#attrs)* let #variable: #ty = #value;));
        let cfgs = crate::block::cfgs(attrs);
        values.push(quote!(#(#cfgs)* #variable));
    }
    let into = quote!(__rt::channel::IntoJoined::<Self>::into_joined);
    let joined = turned(&method.item, into, &call(&method.item, &values));
    quote! {
        #(#cfgs)*
        async fn join(
            #attempt: __rt::channel::Join<Self>,
        ) -> ::core::result::Result<__rt::channel::Joined<Self>, __rt::channel::JoinError> {
            #(#taken)*
            #joined
        }
    }
}

fn take(ty: &Type, source: Source, attempt: &Ident) -> TokenStream {
    let at = ty.span().resolved_at(Span::mixed_site());
    let function = match source {
        Source::Type if is_whole(ty) => {
            return quote_spanned!(at=> ::core::clone::Clone::clone(&#attempt));
        }
        Source::Type => return quote_spanned!(at=> __rt::channel::FromJoin::from_join(&#attempt)?),
        Source::Rest if is_str(ty) => return quote_spanned!(at=> #attempt.rest()),
        Source::Topic if is_str(ty) => return quote_spanned!(at=> #attempt.topic()),
        Source::Rest => "rest",
        Source::Topic => "topic",
        Source::Payload => "payload",
        Source::Assigns => "assigns",
    };
    let function = Ident::new(function, at);
    quote_spanned!(at=> __rt::channel::argument::#function(&#attempt)?)
}

fn handle_in(channel: &Channel) -> TokenStream {
    let (event, out) = (name("__event"), name("__out"));
    let take = quote!(__rt::channel::argument::event(#event, #out));
    let arms = channel.handlers.iter().filter_map(|handler| arm(handler, Direction::In, &take, &out));
    let mut known = Vec::new();
    let others = channel.callbacks("handle_in").map(|method| {
        let cfgs: Vec<_> = cfgs(&method.item.attrs).collect();
        known.extend(cfgs.iter().filter_map(|cfg| Some(cfg.meta.require_list().ok()?.tokens.clone())));
        let answer = answer(&method.item, &[quote!(self), quote!(#event), quote!(#out)]);
        quote!(#(#cfgs)* _ => #answer,)
    });
    let others: Vec<_> = others.collect();
    let unknown = (others.is_empty() || !known.is_empty())
        .then(|| quote!(_ => __rt::channel::argument::unknown_event(&#event, #out),));
    quote! {
        async fn handle_in(
            &mut self,
            #event: __rt::channel::Event,
            #out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer {
            #[allow(clippy::match_single_binding, unreachable_patterns)]
            match #event.name() {
                #(#arms)*
                #(#others)*
                #unknown
            }
        }
    }
}

fn handle_out(channel: &Channel) -> Option<TokenStream> {
    let (broadcast, out) = (name("__broadcast"), name("__out"));
    let take = quote!(__rt::channel::argument::broadcast(&#broadcast));
    let handlers = channel.handlers.iter();
    let arms: Vec<_> = handlers.filter_map(|handler| arm(handler, Direction::Out, &take, &out)).collect();
    (!arms.is_empty()).then(|| {
        quote! {
            async fn handle_out(
                &mut self,
                #broadcast: __rt::Broadcast,
                #out: &mut __rt::channel::Outlet,
            ) -> __rt::channel::Answer {
                match #broadcast.event() {
                    #(#arms)*
                    _ => __rt::channel::argument::pass_on(&#broadcast, #out),
                }
            }
        }
    })
}

/// `"event" => ..`. `take` is a `Result` of the payload, or of the answer if it does not fit.
fn arm(handler: &Handler, direction: Direction, take: &TokenStream, out: &Ident) -> Option<TokenStream> {
    let (item, events) = (&handler.item, handler.events(direction).collect::<Vec<_>>());
    if events.is_empty() {
        return None;
    }
    let (cfgs, payload) = (cfgs(&item.attrs), name("__payload"));
    let mut arguments = vec![quote!(self)];
    let taken = handler.payload().map(|ty| {
        arguments.push(quote!(#payload));
        let at = ty.span().resolved_at(Span::mixed_site());
        let take: TokenStream = respanned(take.clone(), at);
        quote_spanned! {at=>
            let #payload: #ty = match #take {
                ::core::result::Result::Ok(__payload) => __payload,
                ::core::result::Result::Err(__answer) => return __answer,
            };
        }
    });
    if handler.takes_outlet() {
        arguments.push(quote!(#out));
    }
    let answer = answer(item, &arguments);
    Some(quote!(#(#cfgs)* #(#events)|* => { #taken #answer }))
}

fn respanned(tokens: TokenStream, at: Span) -> TokenStream {
    let respan = |mut token: proc_macro2::TokenTree| {
        if let proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Ident(_) = token {
            token.set_span(token.span().located_at(at));
        }
        token
    };
    tokens.into_iter().map(respan).collect()
}

fn handle_info(method: &Method) -> TokenStream {
    let (info, out, cfgs) = (name("__info"), name("__out"), cfgs(&method.item.attrs));
    let answer = answer(&method.item, &[quote!(self), quote!(#info), quote!(#out)]);
    quote! {
        #(#cfgs)*
        async fn handle_info(
            &mut self,
            #info: Self::Info,
            #out: &mut __rt::channel::Outlet,
        ) -> __rt::channel::Answer {
            #answer
        }
    }
}

fn terminate(method: &Method) -> TokenStream {
    let (reason, cfgs) = (name("__reason"), cfgs(&method.item.attrs));
    let call = call(&method.item, &[quote!(self), quote!(#reason)]);
    quote! {
        #(#cfgs)*
        fn terminate(self, #reason: __rt::Reason) {
            #call
        }
    }
}

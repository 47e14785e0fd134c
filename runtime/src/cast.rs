//! Casts a value of a generic type to a known type.

use std::any::Any;

/// Returns the value as a `U` if it is one, or else unchanged as the error.
pub(crate) fn cast<T: 'static, U: 'static>(value: T) -> Result<U, T> {
    let mut value = Some(value);
    if let Some(same) = (&mut value as &mut dyn Any)
        .downcast_mut::<Option<U>>()
        .and_then(Option::take)
    {
        return Ok(same);
    }
    value.map_or_else(|| unreachable!("taken out only as a `U`"), Err)
}

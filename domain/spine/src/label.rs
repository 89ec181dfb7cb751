//! What people read for the values clients see: labels of enums in both languages.

/// One value of an enum.
#[derive(PartialEq, Eq, Debug)]
pub struct ValueLabel {
    /// The stable code, as it stands in answers.
    pub code: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
    /// The English label.
    pub en: &'static str,
}

/// An enum that clients see, with a label for each of its values.
#[derive(PartialEq, Eq, Debug)]
pub struct EnumLabels {
    /// Its name in the OpenAPI document.
    pub name: &'static str,
    /// Its values, in the order of their declaration.
    pub values: &'static [ValueLabel],
}

/// An enum whose values have stable codes and labels, as [`labels`](crate::labels) says them.
pub trait Coded: Copy + 'static {
    /// The stable code.
    fn code(self) -> &'static str;
    /// The value of a stable code.
    fn from_code(code: &str) -> Option<Self>;
    /// The labels, Chinese and English.
    fn labels(self) -> (&'static str, &'static str);
}

/// Says the code and the labels of every value of an enum, beside the enum: `LABELS` for the list of all
/// ([`crate::enums`]), `code` and `labels` of a value and, where no value carries data, `ALL` and `from_code`.
/// The name is the one in the OpenAPI document. A value without labels does not compile; a code that is not the
/// one on the wire fails the coverage tests.
///
/// ```
/// #[derive(Clone, Copy, PartialEq, Eq, Debug)]
/// pub enum Light {
///     Red,
///     Green,
/// }
/// domain_spine::labels! { Light = "TrafficLight":
///     Red = "red", "红灯", "Red";
///     Green = "green", "绿灯", "Green";
/// }
/// assert_eq!(Light::from_code("green"), Some(Light::Green));
/// assert_eq!(Light::Red.labels(), ("红灯", "Red"));
/// ```
///
/// `tagged Name = …` is for enums whose values carry data: the codes are those of their tag.
#[macro_export]
macro_rules! labels {
    (tagged $enum:ident = $name:literal: $($value:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        impl $enum {
            /// What people read for each value.
            pub const LABELS: &'static $crate::spine::EnumLabels = &$crate::spine::EnumLabels {
                name: $name,
                values: &[$($crate::spine::ValueLabel { code: $code, zh: $zh, en: $en }),*],
            };
            /// The stable code.
            #[allow(dead_code, reason = "not every enum is asked for the code of a value")]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$value { .. } => $code),* }
            }
        }
    };
    ($enum:ident = $name:literal: $($value:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        #[allow(dead_code, reason = "not every enum is stored or read back by its codes")]
        impl $enum {
            /// Every value.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$value),*];
            /// What people read for each value.
            pub const LABELS: &'static $crate::spine::EnumLabels = &$crate::spine::EnumLabels {
                name: $name,
                values: &[$($crate::spine::ValueLabel { code: $code, zh: $zh, en: $en }),*],
            };
            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code),* }
            }
            /// The value of a stable code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$value),)* _ => None }
            }
            /// The labels, Chinese and English.
            pub const fn labels(self) -> (&'static str, &'static str) {
                match self { $(Self::$value => ($zh, $en)),* }
            }
        }
        impl $crate::spine::Coded for $enum {
            fn code(self) -> &'static str {
                self.code()
            }
            fn from_code(code: &str) -> Option<Self> {
                Self::from_code(code)
            }
            fn labels(self) -> (&'static str, &'static str) {
                self.labels()
            }
        }
    };
}

//! Duties by the calendar as shipped: what the specification works out, and what must always hold.

mod company;
mod consequences;
mod course;
mod outages;
mod people;
mod rules;
mod timing;

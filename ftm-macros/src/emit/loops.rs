//! Loops of straight-line programs.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::program::{Printer, name};
use crate::plan::program::{Instruction, Loop, Program, Value};

impl Printer<'_> {
    /// A loop, which makes an array of each result. For `c[k] * exp(-(x - k) * (x - k))`:
    ///
    /// ```text
    /// let mut __ftm_0_5_each = [V1::Simd::number(__ftm_s, 0.0); 4usize];
    /// let mut __ftm_pass = 0usize;
    /// for __ftm_numbers in &[[0.0], [1.0], [2.0], [3.0]] {
    ///     let __ftm_2 = V1::Simd::number(__ftm_s, __ftm_numbers[0usize]);
    ///     …
    ///     __ftm_0_5_each[__ftm_pass] = __ftm_5;
    ///     __ftm_pass += 1usize;
    /// }
    /// ```
    pub(super) fn rolled(&self, program: &Program, index: usize, found: &Loop) -> TokenStream {
        let v1 = self.v1;
        let passes = found.passes();
        let (mut numbers, mut results) = (vec![Vec::new(); passes], Vec::new());
        let mut body = TokenStream::new();
        let values = program.instructions.len();
        for (place, (instruction, made)) in found.body.iter().zip(&found.made).enumerate() {
            let name = name(Value(values + place));
            let expression = if let Instruction::Number(_) = instruction {
                let place = numbers.first().map_or(0, Vec::len);
                for (numbers, value) in numbers.iter_mut().zip(made) {
                    if let Some(Instruction::Number(number)) = program.instructions.get(value.0) {
                        numbers.push(number);
                    }
                }
                quote!(#v1::Simd::number(__ftm_s, __ftm_numbers[#place]))
            } else {
                self.expression(instruction)
            };
            body.extend(quote!(let #name = #expression;));
            if made.iter().any(|value| program.results.contains(value)) {
                results.push(Value(values + place));
            }
        }
        let numbers = numbers.iter().map(|numbers| quote!([#(#numbers),*]));
        let each = results.iter().map(|&value| each(index, value));
        let each: Vec<_> = each.collect();
        let made = results.iter().map(|&value| name(value));
        quote! {
            #(let mut #each = [#v1::Simd::number(__ftm_s, 0.0); #passes];)*
            let mut __ftm_pass = 0usize;
            for __ftm_numbers in &[#(#numbers),*] {
                #body
                #(#each[__ftm_pass] = #made;)*
                __ftm_pass += 1usize;
            }
        }
    }
}

/// Where loops make values: the loop, the value of its body, and the pass.
pub(super) struct InLoops(BTreeMap<Value, (usize, Value, usize)>);

impl InLoops {
    pub(super) fn of(program: &Program) -> Self {
        let values = program.instructions.len();
        let mut places = BTreeMap::new();
        for (index, found) in program.loops.iter().enumerate() {
            for (place, (instruction, made)) in found.body.iter().zip(&found.made).enumerate() {
                // Numbers are made outside too, where others may read them.
                if !matches!(instruction, Instruction::Number(_)) {
                    for (pass, &value) in made.iter().enumerate() {
                        places.insert(value, (index, Value(values + place), pass));
                    }
                }
            }
        }
        Self(places)
    }

    pub(super) fn is_made(&self, value: Value) -> bool {
        self.0.contains_key(&value)
    }

    pub(super) fn result(&self, value: Value) -> TokenStream {
        match self.0.get(&value) {
            Some(&(index, made, pass)) => {
                let each = each(index, made);
                quote!(#each[#pass])
            }
            None => name(value).to_token_stream(),
        }
    }
}

/// The array of what a loop makes of a value of its body, whose values loops number alike.
fn each(index: usize, value: Value) -> Ident {
    format_ident!(
        "__ftm_{}_{}_each",
        index,
        value.0,
        span = Span::mixed_site()
    )
}

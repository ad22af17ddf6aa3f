#pragma once
// The book's own rows of a person: when their accounts changed bucket. Editions on disk hold
// account and customer numbers and amounts, no name and no number; they are made, never edited.

#include "store/held.h"

namespace book {

store::HeldPart held();

}  // namespace book

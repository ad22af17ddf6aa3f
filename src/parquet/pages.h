#pragma once
// The cells of a page as Parquet encodes them: PLAIN values, and small numbers in runs or packed
// into bits (levels, numbers of words). Enters: a field's cells and a range of rows. Leaves: bytes
// before compression.

#include <cstdint>
#include <string>
#include <vector>

#include "column/table.h"

namespace parquet {

// Bits that hold the number of any of so many words; never none, which some readers stumble over.
int bits_for(std::size_t words);

// The RLE / bit-packing hybrid: one run where all are equal, packed bits otherwise.
void put_small(const std::vector<std::uint32_t>& values, int bits, std::string& out);

// What comes before the values of an optional field: which are there.
void put_levels(const column::Cells& cells, std::size_t begin, std::size_t end, std::string& out);

// Those that are there; codes by their words' numbers, everything else PLAIN.
void put_values(const column::Cells& cells, std::size_t begin, std::size_t end, std::string& out);

// The words of codes, PLAIN: a dictionary page.
std::string words_page(const std::vector<std::string>& words);

}  // namespace parquet

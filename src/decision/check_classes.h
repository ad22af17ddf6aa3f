#pragma once
// Classes of values: the values of an input fall into classes that no cell of its column tells
// apart, one example each; a cell is then a set of classes. Cells are not understood anew here:
// the interpreter is asked at the points where its answer can change.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "decision/cell_tests.h"
#include "decision/table.h"

namespace decision {

// What is known of the values an input has.
struct GivenValues {
  TypePtr type;                              // may be null
  std::optional<std::vector<Value>> values;  // all there are, where a table upstream gives them
  std::string decision;                      // that gives them
};

using Bits = std::vector<std::uint64_t>;
bool has_bit(const std::uint64_t* bits, std::size_t bit);
void set_bit(Bits& bits, std::size_t bit);

// One input of a table: a column, or several of the same expression.
class Variable {
 public:
  std::string expression;
  std::vector<std::size_t> columns;
  GivenValues given;
  TypePtr type;                  // of its columns; may be null
  std::vector<NodePtr> allowed;  // tests of the allowed values of its columns and types
  bool whole = false;            // numbers are whole
  bool opaque = false;           // lists, contexts…: no classes can be told

  // Finds the classes from the cells of its columns.
  void find_classes(const Table& table, bool whole_numbers);
  std::size_t classes() const { return values_.size(); }
  std::size_t words() const { return (values_.size() + 63) / 64; }
  const Value& value(std::size_t at) const { return values_[at]; }

  const Bits& plain() const { return plain_; }  // allowed, and named by type, list or cell
  const Bits& open() const { return open_; }    // and the texts that nobody named
  const Bits& all() const { return all_; }      // and null
  // The classes allowed but for what the decision upstream never gives.
  const Bits& allowed_classes() const { return allowed_classes_; }
  bool names_all() const { return names_all_; }  // every allowed value is a class of its own

  // The classes a cell takes for certain, and those it may take.
  struct Taken {
    Bits must, may;
    bool analysed = true;
  };
  Taken taken(const Node& cell) const;
  // A set of classes in words: "card", 31..35, >= 181.
  std::string shown(const std::uint64_t* bits) const;

 private:
  struct Segment {
    Kind kind;
    std::size_t begin, end;
    bool line;  // in order, with the values between; else the named ones and one other
  };
  void gather(const Table& table, std::vector<Value>& constants, bool& ordered, bool& null_named);
  void add_segment(Kind kind, std::vector<Value> constants, bool line);
  void mark(bool null_named, bool listed);
  std::string shown_stretch(const Segment& segment, std::size_t first, std::size_t last) const;
  void fill(const Node& cell, const Segment& segment, const std::vector<Value>& constants,
            Bits& bits) const;

  std::vector<Value> values_;
  std::vector<Segment> segments_;
  std::vector<bool> other_;  // the text that nobody named
  Bits plain_, open_, all_, allowed_classes_;
  bool names_all_ = false;
};

// The inputs of a table, those of the same expression together.
using GivenOf = std::function<GivenValues(const Node& expression)>;
std::vector<Variable> variables_of(const Table& table, const GivenOf& given, bool whole_numbers);

}  // namespace decision

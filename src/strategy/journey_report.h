#pragma once
// What a broken rule of the journey says; each is told once, with a path that was decided again by
// the exact interpreter. JourneyPacks asks the policy packs.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "strategy/journey.h"
#include "strategy/journey_walk.h"

namespace strategy {

struct WalkedNight {
  JourneyState state;
  std::string treatment;
  int row = 0;
};

struct JourneySay {
  const char* kind;
  std::string treatment, zh, en;
};
JourneySay say_no_answer();
JourneySay say_no_level(const std::string& treatment);
JourneySay say_quiet(const std::string& treatment, int nights);
JourneySay say_for_good(const std::string& treatment);
JourneySay say_stuck(const std::string& treatment);
JourneySay say_out_of_order(const std::string& treatment, const JourneyRules::Before& before);
JourneySay say_not_permitted(const std::string& treatment, const std::string& channel,
                             const std::string& flag, const std::string& code);

class JourneyReport {
 public:
  explicit JourneyReport(const JourneyTables& tables) : tables_(tables) {}
  void add(const JourneySay& said, std::vector<WalkedNight> nights);
  void add(const std::string& key, JourneyFinding finding);
  std::vector<JourneyFinding> take();

 private:
  const JourneyTables& tables_;
  std::map<std::string, std::size_t> told_;
  std::vector<JourneyFinding> findings_;
};

class JourneyPacks {
 public:
  explicit JourneyPacks(const Models& models);
  // The code of a refusal although every other fact speaks for the contact; empty: none.
  std::string refused(const JourneyState& state, const JourneyAnswer& answer,
                      const JourneyRules::Asks& asks);

 private:
  struct Pack {
    std::string name;
    const decision::Model* model;
    std::vector<std::string> tables;
  };
  void read_who(const decision::Model& model);
  bool protects(const Pack& pack, const std::string& product) const;

  std::vector<Pack> packs_;
  const decision::Model* who_ = nullptr;  // packs.dmn; none: every pack protects everybody
  std::set<std::string> named_;           // packs it names, as FEEL literals
  std::map<std::string, std::string> known_;
};

}  // namespace strategy

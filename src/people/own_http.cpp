// /session/second-step and /session/devices: what each user decides about their own signing in.

#include "people/own_http.h"
#include "http/status.h"
#include "people/second_step.h"
#include "people/session.h"

namespace people {

using http::Nothing;
using http::Request;
using http::Role;
using http::Route;
using kernel::Result;
using store::Transaction;

// ---- what goes over the wire -------------------------------------------------------------------

BOOST_DESCRIBE_STRUCT(SecondStepState, (), (set, since, recovery_codes_left))
BOOST_DESCRIBE_STRUCT(Enrolment, (), (secret, uri, qr_modules, qr_path))

struct OwnPassword {
  std::string password;
};
BOOST_DESCRIBE_STRUCT(OwnPassword, (), (password))

struct FirstCode {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(FirstCode, (), (code))

struct PasswordAndCode {
  std::string password, code;
};
BOOST_DESCRIBE_STRUCT(PasswordAndCode, (), (password, code))

struct RecoveryCodes {
  std::vector<std::string> recovery_codes;  // shown this once
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (recovery_codes))

BOOST_DESCRIBE_STRUCT(Device, (), (device_ref, signed_in_at, seen_at, address, browser, current))

struct DeviceList {
  std::vector<Device> items;
};
BOOST_DESCRIBE_STRUCT(DeviceList, (), (items))

struct WhichDevice {
  std::string device_ref;
};
BOOST_DESCRIBE_STRUCT(WhichDevice, (), (device_ref))

struct WhoseSecondStep {
  UserId user_id{0};
};
BOOST_DESCRIBE_STRUCT(WhoseSecondStep, (), (user_id))

namespace {

Result<Nothing> nothing_of(const kernel::Status& done) {
  if (!done) return done.error();
  return Nothing{};
}

Result<RecoveryCodes> shown(Result<std::vector<std::string>> codes) {
  if (!codes) return codes.error();
  return RecoveryCodes{std::move(*codes)};
}

Route get_second_step(store::Store& store) {
  return http::route<Nothing, SecondStepState>(
      "GET", "/api/v1/session/second-step", "people", "whether one's second step is set",
      http::staff(), [&store](const Nothing&, const Request& request) -> Result<SecondStepState> {
        return store.read(
            [&](Transaction& tx) { return load_second_step(tx, UserId(request.caller->user_id)); });
      });
}

Route post_second_step(store::Store& store, std::shared_ptr<const Ways> ways) {
  return http::route<OwnPassword, Enrolment>(
      "POST", "/api/v1/session/second-step", "people",
      "begin a second step: a secret for an app, shown this once", http::staff(),
      [&store, ways](const OwnPassword& in, const Request& request) {
        return begin_second_step(store, request, in.password, ways.get());
      });
}

Route post_confirm(store::Store& store) {
  return http::route<FirstCode, RecoveryCodes>(
      "POST", "/api/v1/session/second-step/confirm", "people",
      "the app's first code sets the second step", http::staff(),
      [&store](const FirstCode& in, const Request& request) {
        return shown(confirm_second_step(store, request, in.code));
      });
}

Route post_recovery(store::Store& store, std::shared_ptr<const Ways> ways) {
  return http::route<PasswordAndCode, RecoveryCodes>(
      "POST", "/api/v1/session/second-step/recovery-codes", "people",
      "new recovery codes in place of those left", http::staff(),
      [&store, ways](const PasswordAndCode& in, const Request& request) {
        return shown(renew_recovery_codes(store, request, in.password, in.code, ways.get()));
      });
}

Route post_end(store::Store& store, std::shared_ptr<const Ways> ways) {
  return http::route<PasswordAndCode, Nothing>(
      "POST", "/api/v1/session/second-step/end", "people", "sign in without a second step again",
      http::staff(), [&store, ways](const PasswordAndCode& in, const Request& request) {
        return nothing_of(end_second_step(store, request, in.password, in.code, ways.get()));
      });
}

Route get_devices(store::Store& store) {
  return http::route<Nothing, DeviceList>(
      "GET", "/api/v1/session/devices", "people", "where one is signed in", http::staff(),
      [&store](const Nothing&, const Request& request) -> Result<DeviceList> {
        TRY_ASSIGN(auto devices, load_devices(store, request));
        return DeviceList{std::move(devices)};
      });
}

Route delete_device(store::Store& store) {
  return http::route<WhichDevice, Nothing>(
      "DELETE", "/api/v1/session/devices/{device_ref}", "people", "end one of one's sessions",
      http::staff(), [&store](const WhichDevice& in, const Request& request) {
        return nothing_of(end_device(store, request, in.device_ref));
      });
}

Route delete_devices(store::Store& store) {
  return http::route<Nothing, Nothing>("DELETE", "/api/v1/session/devices", "people",
                                       "end all of one's sessions but this one", http::staff(),
                                       [&store](const Nothing&, const Request& request) {
                                         return nothing_of(end_other_devices(store, request));
                                       });
}

Route delete_second_step_of(store::Store& store) {
  return http::route<WhoseSecondStep, Nothing>(
      "DELETE", "/api/v1/users/{user_id}/second-step", "people",
      "for one who lost the phone and the recovery codes", http::only({Role::admin}),
      [&store](const WhoseSecondStep& in, const Request& request) {
        return nothing_of(reset_second_step(
            store, in.user_id, subject_of(UserId(request.caller->user_id)), request.now));
      });
}

}  // namespace

std::vector<Route> own_routes(store::Store& store, std::shared_ptr<const Ways> ways) {
  return {get_second_step(store),     post_second_step(store, ways), post_confirm(store),
          post_recovery(store, ways), post_end(store, ways),         get_devices(store),
          delete_device(store),       delete_devices(store),         delete_second_step_of(store)};
}

}  // namespace people

#include "http/route.h"

#include "intake/batches.h"
#include "intake/types.h"

namespace intake {

struct ImportList {
  std::vector<Batch> items;
};
BOOST_DESCRIBE_STRUCT(ImportList, (), (items))

struct RejectsInput {
  std::string batch_id;
};
BOOST_DESCRIBE_STRUCT(RejectsInput, (), (batch_id))

struct PaymentInput {
  std::string payment_no, account_no;
  kernel::Instant paid_at;
  kernel::Money amount_fen;
  std::string channel;
};
BOOST_DESCRIBE_STRUCT(PaymentInput, (), (payment_no, account_no, paid_at, amount_fen, channel))

struct PaymentTaken {
  bool repeated = false;
  kernel::Date book_date;
};
BOOST_DESCRIBE_STRUCT(PaymentTaken, (), (repeated, book_date))

namespace {

kernel::Result<PaymentTaken> post_payment(store::Store& store, const PaymentInput& in,
                                          const http::Request& request) {
  TRY_ASSIGN(const Arrived taken, store.transact([&](store::Transaction& tx) {
    return take_payment(tx,
                        {.payment_no = in.payment_no,
                         .account_no = in.account_no,
                         .paid_at = in.paid_at,
                         .amount_fen = in.amount_fen,
                         .channel = in.channel},
                        request.caller->user_name, request.now);
  }));
  return PaymentTaken{taken.repeated, taken.book_date};
}

// RFC 4180. A leading = + - @ would be run by a spreadsheet as a formula: a quote mark stops it.
void write_cell(std::string& out, std::string_view value) {
  const bool formula = !value.empty() && std::string_view("=+-@\t\r").find(value[0]) != value.npos;
  out += '"';
  if (formula) out += '\'';
  for (const char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string render_csv(const std::vector<Rejected>& rejected) {
  std::string out = "\xEF\xBB\xBF";  // so that a spreadsheet reads it as UTF-8
  out += "file,line,column_no,column,field,value,reason_code,reason,hint\r\n";
  for (const Rejected& r : rejected) {
    write_cell(out, r.file);
    out += "," + std::to_string(r.line) + "," + std::to_string(r.column_no);
    for (const std::string* text :
         {&r.column, &r.field, &r.value, &r.reason_code, &r.reason, &r.hint}) {
      out += ',';
      write_cell(out, *text);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace

std::vector<http::Route> routes(store::Store& store) {
  const http::Access access{.roles = {http::Role::lead, http::Role::analyst, http::Role::admin}};
  return {
      http::route<http::Nothing, ImportList>(
          "GET", "/api/v1/imports", "intake", "What was imported, newest first", access,
          [&store](const http::Nothing&, const http::Request&) -> kernel::Result<ImportList> {
            TRY_ASSIGN(auto batches, store.read(load_batches));
            return ImportList{std::move(batches)};
          }),
      http::raw_route<RejectsInput>(
          "GET", "/api/v1/imports/{batch_id}/rejects", "intake",
          "The rejected lines of one import as CSV; personal values are masked", access,
          "text/csv; charset=utf-8",
          [&store](const RejectsInput& in, const http::Request&) -> kernel::Result<http::Response> {
            using Lines = kernel::Result<std::vector<Rejected>>;
            TRY_ASSIGN(const auto rejected, store.read([&](store::Transaction& tx) -> Lines {
              if (has_batch(tx, in.batch_id)) return load_rejected(tx, in.batch_id);
              return kernel::Error{kernel::Code::not_found, "no such import", in.batch_id};
            }));
            http::Response response{.body = render_csv(rejected)};
            response.content_type = "text/csv; charset=utf-8";
            response.headers.emplace_back("content-disposition",
                                          "attachment; filename=\"rejects.csv\"");
            return response;
          }),
      http::route<PaymentInput, PaymentTaken>(
          "POST", "/api/v1/payments", "intake",
          "A payment the moment it is made; answered with the day whose book will hold it",
          http::only({http::Role::lead, http::Role::machine}),
          [&store](const PaymentInput& in, const http::Request& request) {
            return post_payment(store, in, request);
          }),
  };
}

}  // namespace intake

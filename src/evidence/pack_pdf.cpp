#include "evidence/pack_pdf.h"

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>

namespace evidence {

namespace {

// Points, 1/72 inch. A4, margins of 18 mm.
constexpr double page_width = 595.28, page_height = 841.89, margin = 51;
constexpr double text_width = page_width - 2 * margin;
constexpr double top = margin + 22, bottom = page_height - margin - 18;
constexpr double cell_pad = 3.2;

struct Colour {
  double r, g, b;
};
constexpr Colour ink{0.11, 0.14, 0.17}, grey{0.42, 0.46, 0.50}, jade{0.05, 0.40, 0.36},
    line{0.83, 0.85, 0.87}, band{0.945, 0.953, 0.957};

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Owned = std::unique_ptr<T, Unref>;

struct Style {
  double size = 8.6;
  bool bold = false, mono = false;
  Colour colour = ink;
};

// What is drawn on a page: text at a place, or a filled box.
struct Mark {
  double x, y, width, height;
  std::string text;  // empty: a box
  Style style;
};

cairo_status_t append_bytes(void* into, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

struct Pdf::Inside {
  About about;
  std::string bytes;
  cairo_surface_t* surface = nullptr;
  cairo_t* cairo = nullptr;
  // Of its own: the library's default one is a thread's and lives as long as the thread.
  Owned<PangoFontMap> fonts{pango_cairo_font_map_new()};
  Owned<PangoContext> letters{pango_font_map_create_context(fonts.get())};
  std::vector<std::vector<Mark>> pages{1};
  double y = top;
  int letters_without_font = 0;

  explicit Inside(About a) : about(std::move(a)) {
    surface = cairo_pdf_surface_create_for_stream(append_bytes, &bytes, page_width, page_height);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about.title.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Evenhand 衡收");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   about.made_at.format().substr(0, 19).c_str());
    cairo = cairo_create(surface);
    pango_cairo_update_context(cairo, letters.get());
    pango_context_set_language(letters.get(), pango_language_from_string("zh-cn"));
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() {
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
  }

  Owned<PangoLayout> lay_out(const std::string& text, const Style& style, double width) {
    Owned<PangoLayout> layout(pango_layout_new(letters.get()));
    PangoFontDescription* font = pango_font_description_new();
    pango_font_description_set_family(
        font, style.mono ? "Noto Sans Mono CJK SC, DejaVu Sans Mono" : "Noto Sans CJK SC");
    pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
    if (style.bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_spacing(layout.get(), static_cast<int>(style.size * 0.12 * PANGO_SCALE));
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }
  double height_of(const std::string& text, const Style& style, double width) {
    const Owned<PangoLayout> layout = lay_out(text, style, width);
    letters_without_font += pango_layout_get_unknown_glyphs_count(layout.get());
    int height = 0;
    pango_layout_get_size(layout.get(), nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
  }

  void new_page() {
    pages.emplace_back();
    y = top;
  }
  void need(double height) {
    if (y + height > bottom && y > top) new_page();
  }
  void text_at(double x, double at_y, double width, const std::string& text, const Style& style) {
    pages.back().push_back({x, at_y, width, 0, text, style});
  }
  void box(double x, double at_y, double width, double height, Colour colour) {
    pages.back().push_back({x, at_y, width, height, "", {.colour = colour}});
  }
  void block(const std::string& text, const Style& style, double before, double after) {
    const double height = height_of(text, style, text_width);
    need(before + height);
    if (y > top) y += before;
    text_at(margin, y, text_width, text, style);
    y += height + after;
  }

  // One row of a table; false: it does not fit on this page.
  bool row(const std::vector<Column>& columns, const std::vector<std::string>& cells, bool title,
           bool shaded) {
    std::vector<Style> styles;
    double height = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      Style style{.size = title             ? 7.6
                          : columns[i].mono ? 7.0
                                            : 8.0,
                  .bold = title,
                  .mono = columns[i].mono && !title,
                  .colour = title ? grey : ink};
      height = std::max(height, height_of(cells[i], style, columns[i].share * text_width - 8));
      styles.push_back(style);
    }
    height += 2 * cell_pad;
    if (y + height > bottom && y > top) return false;
    if (shaded) box(margin, y, text_width, height, band);
    double x = margin;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const double width = columns[i].share * text_width;
      text_at(x + 4, y + cell_pad, width - 8, cells[i], styles[i]);
      x += width;
    }
    y += height;
    box(margin, y, text_width, 0.4, title ? grey : line);
    return true;
  }

  void draw(const Mark& mark) {
    cairo_set_source_rgb(cairo, mark.style.colour.r, mark.style.colour.g, mark.style.colour.b);
    if (mark.text.empty()) {
      cairo_rectangle(cairo, mark.x, mark.y, mark.width, mark.height);
      cairo_fill(cairo);
      return;
    }
    const Owned<PangoLayout> layout = lay_out(mark.text, mark.style, mark.width);
    cairo_move_to(cairo, mark.x, mark.y);
    pango_cairo_show_layout(cairo, layout.get());
  }
  void draw_frame(std::size_t page) {
    const Style small{.size = 7.2, .colour = grey};
    draw({margin, margin - 6, text_width, 0, about.subtitle, small});
    draw({margin, margin + 8, text_width, 0.7, "", {.colour = jade}});
    const double foot = page_height - margin - 6;
    draw({margin, foot - 5, text_width, 0.4, "", {.colour = line}});
    draw({margin, foot, text_width - 90, 0, about.footer, small});
    const std::string number = fmt::format("第 {} 页 共 {} 页", page + 1, pages.size());
    const Owned<PangoLayout> layout = lay_out(number, small, 90);
    pango_layout_set_alignment(layout.get(), PANGO_ALIGN_RIGHT);
    cairo_set_source_rgb(cairo, grey.r, grey.g, grey.b);
    cairo_move_to(cairo, margin + text_width - 90, foot);
    pango_cairo_show_layout(cairo, layout.get());
  }
};

Pdf::Pdf(About about) : inside_(std::make_unique<Inside>(std::move(about))) {
  inside_->block(inside_->about.title, {.size = 19, .bold = true}, 0, 5);
}
Pdf::~Pdf() = default;

void Pdf::heading(const std::string& text) {
  inside_->need(70);  // never alone at a page's end
  inside_->block(text, {.size = 11.5, .bold = true, .colour = jade}, 15, 5);
}
void Pdf::paragraph(const std::string& text) {
  inside_->block(text, {.size = 8.8}, 0, 4);
}
void Pdf::note(const std::string& text) {
  inside_->block(text, {.size = 7.6, .colour = grey}, 0, 5);
}

void Pdf::pairs(const std::vector<std::pair<std::string, std::string>>& rows) {
  constexpr double left = 118;
  for (const auto& [name, value] : rows) {
    const Style label{.size = 8.2, .colour = grey}, text{.size = 8.8};
    const double height = std::max(inside_->height_of(name, label, left - 8),
                                   inside_->height_of(value, text, text_width - left)) +
                          3.4;
    inside_->need(height);
    inside_->text_at(margin, inside_->y + 0.5, left - 8, name, label);
    inside_->text_at(margin + left, inside_->y, text_width - left, value, text);
    inside_->y += height;
  }
  inside_->y += 3;
}

void Pdf::table(const std::vector<Column>& columns,
                const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.push_back(column.title);
  inside_->need(46);  // the titles and a row
  inside_->row(columns, titles, true, false);
  bool shaded = false;
  for (const auto& cells : rows) {
    CHECK(cells.size() == columns.size());
    if (!inside_->row(columns, cells, false, shaded)) {
      inside_->new_page();
      inside_->row(columns, titles, true, false);
      inside_->row(columns, cells, false, shaded);
    }
    shaded = !shaded;
  }
  inside_->y += 4;
}

kernel::Result<std::string> Pdf::finish() {
  Inside& in = *inside_;
  if (in.letters_without_font > 0)
    return kernel::Error{kernel::Code::unavailable,
                         "no font here has the letters of the report; install fonts-noto-cjk", ""};
  for (std::size_t page = 0; page < in.pages.size(); ++page) {
    in.draw_frame(page);
    for (const Mark& mark : in.pages[page]) in.draw(mark);
    cairo_show_page(in.cairo);
  }
  cairo_surface_finish(in.surface);
  if (cairo_surface_status(in.surface) != CAIRO_STATUS_SUCCESS)
    return kernel::Error{kernel::Code::unavailable, "the PDF could not be made", ""};
  return std::move(in.bytes);
}

}  // namespace evidence

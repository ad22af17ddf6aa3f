// What Debian 12's libraries keep, so that LeakSanitizer speaks of our own leaks only. Each line is
// measured with a bare program that draws the same letters and frees all it made.
// cairo 1.16: 768 bytes for each font it subsets into a PDF. fontconfig: its configuration lives as
// long as the process; FcFini() would take it from threads that still draw.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libcairo.so\nleak:libfontconfig.so\n";
}

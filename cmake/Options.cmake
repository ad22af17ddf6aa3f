# One set of flags for every room: warnings are errors, sanitizers by preset.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror)
# GCC 12 sees overlapping copies in `"text" + std::string` that are not there (GCC bug 105651).
add_compile_options(-Wno-restrict)
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)
include_directories(${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})

if(EVENHAND_SANITIZE)
  # Instrumented, GCC 12 takes std::function and <regex> for uninitialised (GCC bug 105562).
  # The four checks left out are what AddressSanitizer traps anyway (null, object-size) or x86 does
  # not mind (alignment, vptr); without them a file compiles in half the time (15.6 → 8.4 s for
  # src/gate/http.cpp), and CI has 90 minutes on two cores.
  add_compile_options(-fsanitize=address,undefined
                      -fno-sanitize=null,object-size,alignment,vptr -fno-omit-frame-pointer
                      -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=address,undefined)
endif()
if(EVENHAND_TSAN)
  add_compile_options(-fsanitize=thread)
  # ThreadSanitizer does not know fences; Asio's queues are under a mutex without them too.
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
endif()
if(EVENHAND_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GTest REQUIRED)
find_package(fmt REQUIRED)
find_package(CURL 7.88 REQUIRED)

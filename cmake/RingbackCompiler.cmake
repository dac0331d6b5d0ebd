# Flags that every target of the project shares, through the interface target ringback_flags.
find_package(Threads REQUIRED)

find_program(RINGBACK_CCACHE ccache)
if(RINGBACK_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${RINGBACK_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${RINGBACK_CCACHE})
endif()

add_library(ringback_flags INTERFACE)
target_compile_options(ringback_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wconversion -Wno-sign-conversion)
if(RINGBACK_SANITIZE)
  # -O1 keeps the sanitized suites quick enough to be run every time.
  target_compile_options(ringback_flags INTERFACE -fsanitize=${RINGBACK_SANITIZE} -fno-omit-frame-pointer -O1 -g)
  target_link_options(ringback_flags INTERFACE -fsanitize=${RINGBACK_SANITIZE})
endif()
target_include_directories(ringback_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(ringback_flags INTERFACE Threads::Threads)

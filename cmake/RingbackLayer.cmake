# ringback_layer(NAME folder [USES layer...] [LIBS target...])
#
# One static library per folder of src/. USES names the layers whose headers this one may include: the
# same table that `./dev lint` checks against the #includes (docs/architecture.md explains it).
function(ringback_layer name folder)
  cmake_parse_arguments(LAYER "" "" "USES;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
  if(sources)
    add_library(ringback_${name} STATIC ${sources})
    set(scope PUBLIC)
  else() # interfaces only
    add_library(ringback_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM LAYER_USES PREPEND ringback_)
  # The flags are for our own sources: a program that uses the installed library chooses its own.
  target_link_libraries(ringback_${name} ${scope} $<BUILD_INTERFACE:ringback_flags> ${LAYER_USES} ${LAYER_LIBS})
endfunction()

# ringback_unit_test(layer...): tests/unit/<layer>/*_test.cpp become one program, <layer>_test. Layers that are not built
# have none.
function(ringback_unit_test name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${name}/*.cpp)
  if(NOT sources OR NOT TARGET ringback_${name})
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE ringback_${name} GTest::gmock GTest::gtest GTest::gtest_main)
  add_test(NAME unit.${name} COMMAND ${name}_test)
endfunction()

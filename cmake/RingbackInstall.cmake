# The library as a package: find_package(ringback COMPONENTS socketio) gives the target ringback::socketio, and the
# component redis, where it was built with hiredis, ringback::redis.
# `cmake --install BUILD --component socketio` installs it without the server.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_layers ringback_boost ringback_base ringback_websocket ringback_engineio ringback_socketio ringback_net)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/ringback)

# What programs link, those of examples/ and those elsewhere alike.
add_library(ringback_library INTERFACE)
add_library(ringback::socketio ALIAS ringback_library)
target_compile_features(ringback_library INTERFACE cxx_std_23)
target_link_libraries(ringback_library INTERFACE ringback_net Threads::Threads)
target_include_directories(ringback_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(ringback_library PROPERTIES EXPORT_NAME socketio)

foreach(layer IN LISTS package_layers)
  string(REPLACE ringback_ layer_ exported ${layer})
  set_target_properties(${layer} PROPERTIES EXPORT_NAME ${exported})
endforeach()
install(TARGETS ringback_library ${package_layers} EXPORT ringback ARCHIVE COMPONENT socketio)
install(EXPORT ringback NAMESPACE ringback:: FILE ringbackTargets.cmake DESTINATION ${package_folder} COMPONENT socketio)

set(package_headers ringback/socketio.hpp)
if(TARGET ringback_bus_redis)
  add_library(ringback_redis_library INTERFACE)
  add_library(ringback::redis ALIAS ringback_redis_library)
  target_link_libraries(ringback_redis_library INTERFACE ringback_library ringback_bus_redis)
  set_target_properties(ringback_redis_library PROPERTIES EXPORT_NAME redis)
  foreach(layer IN ITEMS io redis bus_redis)
    set_target_properties(ringback_${layer} PROPERTIES EXPORT_NAME layer_${layer})
  endforeach()
  install(TARGETS ringback_redis_library ringback_io ringback_redis ringback_bus_redis EXPORT ringback_redis
    ARCHIVE COMPONENT socketio)
  install(EXPORT ringback_redis NAMESPACE ringback:: FILE ringbackRedisTargets.cmake DESTINATION ${package_folder}
    COMPONENT socketio)
  list(APPEND package_headers ringback/redis.hpp)
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ringbackConfig.cmake.in ${CMAKE_BINARY_DIR}/ringbackConfig.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/ringbackConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/ringbackConfig.cmake ${CMAKE_BINARY_DIR}/ringbackConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT socketio)

install(CODE "set(from \"${CMAKE_SOURCE_DIR}/src\")
set(waiting \"${package_headers}\")
set(staged \"${CMAKE_BINARY_DIR}/package_headers\")
set(to \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}\")" COMPONENT socketio)
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/RingbackInstallHeaders.cmake COMPONENT socketio)

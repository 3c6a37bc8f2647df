# SPDX-License-Identifier: GPL-3.0-or-later
# Where things go. The program finds its data relative to itself, so the tree may be moved.
# Component "sdk": what one needs to write plugins (headers, pkg-config and CMake package files, examples).

# Whatever the umask of who installs: the loader refuses plugins in folders that others may write, and everybody may use the program.
# (In the cache because the folders that were read before this file need it too.)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE
    CACHE STRING "Permissions of installed folders")

install(DIRECTORY ${CMAKE_SOURCE_DIR}/core/include/limber DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)
foreach(data scripts voices phrases sounds)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${data} DESTINATION ${CMAKE_INSTALL_DATADIR}/limber)
endforeach()
include(CMakePackageConfigHelpers)
file(READ ${CMAKE_SOURCE_DIR}/core/include/limber/plugin.h header)
string(REGEX MATCH "LIMBER_ABI_MAJOR ([0-9]+)u" header "${header}")
set(LIMBER_ABI ${CMAKE_MATCH_1})
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    set(LIMBER_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
else()
    file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    string(REGEX REPLACE "/$" "" up ${up})
    set(LIMBER_PC_PREFIX "\${pcfiledir}/${up}")
endif()
configure_file(${CMAKE_SOURCE_DIR}/cmake/limber.pc.in ${CMAKE_BINARY_DIR}/limber.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/limber.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT sdk)
set(LIMBER_PLUGIN_DIR ${CMAKE_INSTALL_LIBDIR}/limber/plugins)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/LimberConfig.cmake.in ${CMAKE_BINARY_DIR}/LimberConfig.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Limber PATH_VARS CMAKE_INSTALL_INCLUDEDIR LIMBER_PLUGIN_DIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/LimberConfigVersion.cmake COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_BINARY_DIR}/LimberConfig.cmake ${CMAKE_BINARY_DIR}/LimberConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Limber COMPONENT sdk)

# Documentation, as it links to itself in the tree.
install(FILES README.md LICENSES.md CONTRIBUTING.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN *.json PATTERN *.svg
    PATTERN *.png PATTERN man EXCLUDE)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT sdk FILES_MATCHING PATTERN *.c PATTERN Makefile PATTERN limber-say)
install(DIRECTORY examples/voices examples/config DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
include(${CMAKE_SOURCE_DIR}/packaging/LimberService.cmake)
include(${CMAKE_SOURCE_DIR}/packaging/LimberPackage.cmake)

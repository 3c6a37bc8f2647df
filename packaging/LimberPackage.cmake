# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages: limber (the program and all it needs to play) and limber-dev (what one needs to write plugins). ./dev package
# builds them; they follow Debian's policy, so manuals and changelogs are compressed on the way in.
set(CPACK_PACKAGE_NAME limber)
set(CPACK_PACKAGE_VENDOR Limber)
set(CPACK_PACKAGE_CONTACT "Limber maintainers <maintainers@limber.invalid>" CACHE STRING "Maintainer that the packages name")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has its own
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL Unspecified sdk) # what has no component is the program
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/packaging/debian-tree.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_NAME limber)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_RECOMMENDS libasound2-plugins)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/deb/postinst ${CMAKE_SOURCE_DIR}/packaging/deb/prerm
    ${CMAKE_SOURCE_DIR}/packaging/deb/postrm ${CMAKE_SOURCE_DIR}/packaging/deb/conffiles)
# Programs that voices may speak with (docs/engines.md, docs/engines-resident.md).
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SUGGESTS "espeak-ng, festival, flite, speech-dispatcher-espeak-ng, speech-dispatcher-flite, alsa-utils, snapserver")
set(CPACK_COMPONENT_UNSPECIFIED_DESCRIPTION "voice-guided session player
Limber plays guided sessions by ear: stretching, breathing, strength or
meditation. A routine is a Markdown page; what is written as text is spoken,
what is written as inline code is a moment or a length of time. Limber
voices it with eSpeak NG, keeps the time of every hold with tones and
counts, plays it through the sound card or writes it to a sound file, the
same samples either way, and answers to a few keys.
.
A machine on a shelf becomes a speaker box: a service, off until it is
wanted, that a phone, a remote, one button or a home can drive.
.
Ten routines and a library of movements are included.")

set(CPACK_DEBIAN_SDK_PACKAGE_NAME limber-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "limber (= ${PROJECT_VERSION}-1)")
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS pkg-config)
set(CPACK_COMPONENT_SDK_DESCRIPTION "plugin interface of Limber, the voice-guided session player
Headers, pkg-config and CMake files, and complete examples for plugins that
speak, make sounds, take the sound, give commands or watch a session.")

# What each package has in its documentation folder, by Debian's rules.
configure_file(${CMAKE_SOURCE_DIR}/packaging/changelog ${CMAKE_BINARY_DIR}/packaging/changelog.Debian @ONLY)
set(CPACK_LIMBER_SETTINGS ${CMAKE_SOURCE_DIR}/examples/config/box.yaml)
set(CPACK_LIMBER_COPYRIGHT ${CMAKE_SOURCE_DIR}/packaging/copyright)
set(CPACK_LIMBER_CHANGELOG ${CMAKE_SOURCE_DIR}/CHANGELOG.md)
set(CPACK_LIMBER_OVERRIDES ${CMAKE_SOURCE_DIR}/packaging)
set(CPACK_LIMBER_DEBIAN_CHANGELOG ${CMAKE_BINARY_DIR}/packaging/changelog.Debian)
include(CPack)

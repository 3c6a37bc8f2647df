# SPDX-License-Identifier: GPL-3.0-or-later
# What makes a machine a speaker box: the units of systemd, and limber-box for whoever looks after it. In the sources they name the
# places of a package (/usr); here those of the prefix that is installed into.
option(LIMBER_SERVICE "Install the units of systemd and limber-box" ON)
if(NOT LIMBER_SERVICE OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    return()
endif()

function(limber_service_file file)
    file(READ ${CMAKE_SOURCE_DIR}/packaging/${file} text)
    string(REPLACE "/usr/bin/limber" "${CMAKE_INSTALL_FULL_BINDIR}/limber" text "${text}")
    string(REPLACE "/usr/share/limber" "${CMAKE_INSTALL_FULL_DATADIR}/limber" text "${text}")
    string(REPLACE "/usr/share/doc/limber" "${CMAKE_INSTALL_FULL_DOCDIR}" text "${text}")
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/packaging/${file} CONTENT "${text}" @ONLY NEWLINE_STYLE UNIX)
endfunction()

set(built ${CMAKE_BINARY_DIR}/packaging)
foreach(file limber-box systemd/limber.service systemd/limber-today.service systemd/limber-today.timer systemd/user/limber.service)
    limber_service_file(${file})
endforeach()
# systemd looks there whatever the folder of libraries is called.
install(FILES ${built}/systemd/limber.service ${built}/systemd/limber-today.service ${built}/systemd/limber-today.timer
    DESTINATION lib/systemd/system)
install(FILES ${built}/systemd/user/limber.service DESTINATION lib/systemd/user)
install(FILES packaging/systemd/network.conf DESTINATION ${CMAKE_INSTALL_DATADIR}/limber/systemd)
install(PROGRAMS ${built}/limber-box DESTINATION ${CMAKE_INSTALL_SBINDIR})

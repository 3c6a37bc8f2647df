# SPDX-License-Identifier: GPL-3.0-or-later
# Where things go. The program finds its data relative to itself, so the tree may be moved.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/core/include/limber DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(data scripts voices phrases)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${data} DESTINATION ${CMAKE_INSTALL_DATADIR}/limber)
endforeach()
configure_file(${CMAKE_SOURCE_DIR}/cmake/limber.pc.in ${CMAKE_BINARY_DIR}/limber.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/limber.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# SPDX-License-Identifier: GPL-3.0-or-later
# How the parts are built: layers, plugins, and the flags they share.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)

add_library(limber_flags INTERFACE)
target_compile_definitions(limber_flags INTERFACE _GNU_SOURCE LIMBER_VERSION="${PROJECT_VERSION}")
target_compile_options(limber_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wno-unused-parameter -Wvla -Wformat=2 -ffp-contract=off)
if(LIMBER_SANITIZE)
    target_compile_options(limber_flags INTERFACE -fsanitize=${LIMBER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    target_link_options(limber_flags INTERFACE -fsanitize=${LIMBER_SANITIZE})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
    target_compile_options(limber_flags INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
endif()

# The public headers, as a plugin sees them.
add_library(limber_abi INTERFACE)
target_include_directories(limber_abi INTERFACE ${CMAKE_SOURCE_DIR}/core/include)

# limber_pkg(NAME MODULE): an imported target pkg::NAME and the variable NAME_FOUND.
function(limber_pkg name module)
    pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
    if(${name}_FOUND)
        set(${name}_FOUND TRUE PARENT_SCOPE)
        add_library(pkg::${name} ALIAS PkgConfig::${name})
    else()
        set(${name}_FOUND FALSE PARENT_SCOPE)
        set_property(GLOBAL APPEND PROPERTY LIMBER_MISSING_LIBS ${module})
    endif()
endfunction()

function(limber_pkg_required name module)
    limber_pkg(${name} ${module})
    if(NOT ${name}_FOUND)
        message(FATAL_ERROR "limber needs ${module}; on Debian, ./dev deps installs it")
    endif()
endfunction()

# A layer of the core: core/NAME/*.c as one static library. Only the layers named in DEPENDS can be included, as "layer/file.h":
# each layer has an include folder of its own holding nothing but itself, so a forbidden include does not compile.
function(limber_layer name)
    cmake_parse_arguments(arg "" "" "DEPENDS;LIBS;EXCLUDE" ${ARGN})
    set(root ${CMAKE_BINARY_DIR}/include/${name})
    file(MAKE_DIRECTORY ${root})
    if(NOT EXISTS ${root}/${name})
        file(CREATE_LINK ${CMAKE_SOURCE_DIR}/core/${name} ${root}/${name} SYMBOLIC)
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/${name}/*.c)
    foreach(file ${arg_EXCLUDE})
        list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/core/${name}/${file})
    endforeach()
    if(NOT sources)
        file(WRITE ${CMAKE_BINARY_DIR}/empty.c "typedef int limber_empty;\n")
        set(sources ${CMAKE_BINARY_DIR}/empty.c)
    endif()
    add_library(limber_${name} STATIC ${sources})
    target_include_directories(limber_${name} PUBLIC ${root})
    list(TRANSFORM arg_DEPENDS PREPEND limber_)
    target_link_libraries(limber_${name} PUBLIC limber_flags limber_abi ${arg_DEPENDS} PRIVATE ${arg_LIBS} m Threads::Threads)
endfunction()

# A plugin: plugins/ID/*.c as ID.so, and, with BUILTIN, also as an object linked into the program under another entry name. NEEDS names
# limber_pkg variables; when one is missing, the plugin is left out and said so.
function(limber_plugin id)
    cmake_parse_arguments(arg "BUILTIN" "" "NEEDS;LIBS" ${ARGN})
    foreach(need ${arg_NEEDS})
        if(NOT ${need}_FOUND)
            set_property(GLOBAL APPEND PROPERTY LIMBER_PLUGINS_MISSING "${id}")
            return()
        endif()
        list(APPEND arg_LIBS pkg::${need})
    endforeach()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${id}/*.c)
    if(NOT sources)
        return()
    endif()
    string(REPLACE "-" "_" symbol ${id})
    add_library(plugin_${symbol} MODULE ${sources})
    set_target_properties(plugin_${symbol} PROPERTIES OUTPUT_NAME ${id} PREFIX "" SUFFIX ".so"
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/limber/plugins)
    target_link_libraries(plugin_${symbol} PRIVATE limber_flags limber_abi ${arg_LIBS} m)
    target_link_options(plugin_${symbol} PRIVATE
        -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/plugin.map $<$<NOT:$<BOOL:${LIMBER_SANITIZE}>>:-Wl,-z,defs>)
    # The loader refuses what others may write, whatever the umask of the build was.
    add_custom_command(TARGET plugin_${symbol} POST_BUILD
        COMMAND chmod go-w $<TARGET_FILE:plugin_${symbol}> $<TARGET_FILE_DIR:plugin_${symbol}> VERBATIM)
    install(TARGETS plugin_${symbol} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/limber/plugins)
    set_property(GLOBAL APPEND PROPERTY LIMBER_PLUGINS_BUILT "${id}")
    if(arg_BUILTIN)
        add_library(builtin_${symbol} STATIC ${sources})
        target_compile_definitions(builtin_${symbol} PRIVATE LIMBER_PLUGIN_ENTRY_SYMBOL=limber_builtin_${symbol})
        target_link_libraries(builtin_${symbol} PRIVATE limber_flags limber_abi ${arg_LIBS} m)
        set_property(GLOBAL APPEND PROPERTY LIMBER_PLUGINS_BUILTIN "${symbol}")
    endif()
endfunction()

# limber_builtin_table(TARGET): links every built-in plugin into TARGET, with the tables that name them (registry.h:
# limber_builtin_plugins, limber_missing_plugins). May stand before the plugins are known: it takes effect when the whole tree is read.
function(limber_builtin_table target)
    # Deferred arguments are expanded late, when ${target} is gone: hence the detour.
    cmake_language(EVAL CODE "cmake_language(DEFER DIRECTORY [[${CMAKE_SOURCE_DIR}]] CALL limber_builtin_table_now [[${target}]])")
endfunction()

function(limber_builtin_table_now target)
    get_property(builtin GLOBAL PROPERTY LIMBER_PLUGINS_BUILTIN)
    get_property(missing GLOBAL PROPERTY LIMBER_PLUGINS_MISSING)
    set(text "/* Made by cmake (limber_builtin_table); do not edit. */\n#include \"limber/plugin.h\"\n\n")
    foreach(symbol ${builtin})
        string(APPEND text "extern const struct limber_plugin_entry limber_builtin_${symbol};\n")
    endforeach()
    string(APPEND text "extern const struct limber_plugin_entry *const limber_builtin_plugins[];\n"
        "extern const char *const limber_missing_plugins[];\n\n"
        "const struct limber_plugin_entry *const limber_builtin_plugins[] = {\n")
    foreach(symbol ${builtin})
        string(APPEND text "    &limber_builtin_${symbol},\n")
    endforeach()
    string(APPEND text "    0,\n};\n\nconst char *const limber_missing_plugins[] = {\n")
    foreach(id ${missing})
        string(APPEND text "    \"${id}\",\n")
    endforeach()
    string(APPEND text "    0,\n};\n")
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/builtin_plugins.c CONTENT "${text}" @ONLY)
    target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/builtin_plugins.c)
    list(TRANSFORM builtin PREPEND builtin_)
    target_link_libraries(${target} PRIVATE limber_abi ${builtin})
endfunction()

function(limber_summary)
    get_property(built GLOBAL PROPERTY LIMBER_PLUGINS_BUILT)
    get_property(missing GLOBAL PROPERTY LIMBER_PLUGINS_MISSING)
    get_property(libs GLOBAL PROPERTY LIMBER_MISSING_LIBS)
    message(STATUS "Plugins built: ${built}")
    if(missing)
        message(STATUS "Plugins left out (library missing: ${libs}): ${missing}")
    endif()
endfunction()

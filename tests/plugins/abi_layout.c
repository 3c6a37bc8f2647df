/* SPDX-License-Identifier: GPL-3.0-or-later */
/* abi_layout.c: prints the size of every public struct and the place of every member, and the value
 * of every constant, for comparison with abi-1.txt. A published struct is never edited: a
 * difference is a bug, or a new major number. */
#include <stdio.h>

#include <limber/ask.h>
#include <limber/button.h>
#include <limber/control.h>
#include <limber/input.h>
#include <limber/output.h>
#include <limber/pack.h>
#include <limber/sound.h>
#include <limber/speech.h>

#define STRUCT(type) printf("%s %zu\n", #type, sizeof(struct type))
#define MEMBER(type, member)                                                                       \
    printf("  %s.%s %zu %zu\n", #type, #member, offsetof(struct type, member),                     \
           sizeof(((struct type *)0)->member))
#define VALUE(name) printf("%s %d\n", #name, (int)name)

static void print_structs(void)
{
    STRUCT(limber_option);
    MEMBER(limber_option, name);
    MEMBER(limber_option, type);
    MEMBER(limber_option, unit);
    MEMBER(limber_option, minimum);
    MEMBER(limber_option, maximum);
    MEMBER(limber_option, fallback);
    MEMBER(limber_option, choices);
    MEMBER(limber_option, help);
    STRUCT(limber_host);
    MEMBER(limber_host, size);
    MEMBER(limber_host, name);
    MEMBER(limber_host, version);
    MEMBER(limber_host, context);
    MEMBER(limber_host, log);
    MEMBER(limber_host, option);
    MEMBER(limber_host, get_interface);
    STRUCT(limber_plugin_descriptor);
    MEMBER(limber_plugin_descriptor, size);
    MEMBER(limber_plugin_descriptor, flags);
    MEMBER(limber_plugin_descriptor, id);
    MEMBER(limber_plugin_descriptor, name);
    MEMBER(limber_plugin_descriptor, version);
    MEMBER(limber_plugin_descriptor, license);
    MEMBER(limber_plugin_descriptor, description);
    MEMBER(limber_plugin_descriptor, interfaces);
    MEMBER(limber_plugin_descriptor, options);
    STRUCT(limber_plugin_entry);
    MEMBER(limber_plugin_entry, abi_major);
    MEMBER(limber_plugin_entry, abi_minor);
    MEMBER(limber_plugin_entry, size);
    MEMBER(limber_plugin_entry, descriptor);
    MEMBER(limber_plugin_entry, create);
    MEMBER(limber_plugin_entry, destroy);
    MEMBER(limber_plugin_entry, get_interface);
    STRUCT(limber_speech_voice);
    MEMBER(limber_speech_voice, size);
    MEMBER(limber_speech_voice, language);
    MEMBER(limber_speech_voice, voice);
    MEMBER(limber_speech_voice, variant);
    MEMBER(limber_speech_voice, rate_wpm);
    MEMBER(limber_speech_voice, pitch);
    MEMBER(limber_speech_voice, pitch_range);
    STRUCT(limber_speech_writer);
    MEMBER(limber_speech_writer, size);
    MEMBER(limber_speech_writer, context);
    MEMBER(limber_speech_writer, format);
    MEMBER(limber_speech_writer, write);
    STRUCT(limber_speech);
    MEMBER(limber_speech, size);
    MEMBER(limber_speech, prepare);
    MEMBER(limber_speech, fingerprint);
    MEMBER(limber_speech, synthesize);
    MEMBER(limber_speech, list_voices);
    STRUCT(limber_pack_row);
    MEMBER(limber_pack_row, size);
    MEMBER(limber_pack_row, line);
    MEMBER(limber_pack_row, text);
    MEMBER(limber_pack_row, key);
    MEMBER(limber_pack_row, file);
    MEMBER(limber_pack_row, path);
    MEMBER(limber_pack_row, problem);
    STRUCT(limber_pack);
    MEMBER(limber_pack, size);
    MEMBER(limber_pack, open);
    MEMBER(limber_pack, each_row);
    MEMBER(limber_pack, find);
    MEMBER(limber_pack, key);
    MEMBER(limber_pack, read);
    STRUCT(limber_input);
    MEMBER(limber_input, size);
    MEMBER(limber_input, open);
    MEMBER(limber_input, read);
    MEMBER(limber_input, close);
    MEMBER(limber_input, list_devices);
    STRUCT(limber_sound_request);
    MEMBER(limber_sound_request, size);
    MEMBER(limber_sound_request, name);
    MEMBER(limber_sound_request, folder);
    MEMBER(limber_sound_request, rate_hz);
    MEMBER(limber_sound_request, channels);
    MEMBER(limber_sound_request, frames);
    MEMBER(limber_sound_request, bed);
    STRUCT(limber_sound_info);
    MEMBER(limber_sound_info, size);
    MEMBER(limber_sound_info, channels);
    MEMBER(limber_sound_info, lead_frames);
    STRUCT(limber_sound_writer);
    MEMBER(limber_sound_writer, size);
    MEMBER(limber_sound_writer, context);
    MEMBER(limber_sound_writer, info);
    MEMBER(limber_sound_writer, write);
    STRUCT(limber_sound);
    MEMBER(limber_sound, size);
    MEMBER(limber_sound, has);
    MEMBER(limber_sound, render);
    MEMBER(limber_sound, list);
    STRUCT(limber_output_chapter);
    MEMBER(limber_output_chapter, start_frame);
    MEMBER(limber_output_chapter, title);
    STRUCT(limber_output_request);
    MEMBER(limber_output_request, size);
    MEMBER(limber_output_request, rate_hz);
    MEMBER(limber_output_request, channels);
    MEMBER(limber_output_request, target);
    MEMBER(limber_output_request, title);
    MEMBER(limber_output_request, chapters);
    MEMBER(limber_output_request, chapter_count);
    MEMBER(limber_output_request, total_frames);
    STRUCT(limber_output_stream);
    MEMBER(limber_output_stream, size);
    MEMBER(limber_output_stream, channels);
    MEMBER(limber_output_stream, latency_frames);
    MEMBER(limber_output_stream, lead_in_frames);
    MEMBER(limber_output_stream, drain_frames);
    MEMBER(limber_output_stream, live);
    STRUCT(limber_output_source);
    MEMBER(limber_output_source, size);
    MEMBER(limber_output_source, context);
    MEMBER(limber_output_source, pull);
    MEMBER(limber_output_source, wait);
    MEMBER(limber_output_source, lost);
    STRUCT(limber_output);
    MEMBER(limber_output, size);
    MEMBER(limber_output, open);
    MEMBER(limber_output, start);
    MEMBER(limber_output, write);
    MEMBER(limber_output, latency);
    MEMBER(limber_output, close);
    MEMBER(limber_output, list_devices);
    STRUCT(limber_host_loop);
    MEMBER(limber_host_loop, size);
    MEMBER(limber_host_loop, context);
    MEMBER(limber_host_loop, watch_fd);
    MEMBER(limber_host_loop, add_timer);
    MEMBER(limber_host_loop, remove);
    MEMBER(limber_host_loop, post);
    STRUCT(limber_host_command);
    MEMBER(limber_host_command, size);
    MEMBER(limber_host_command, context);
    MEMBER(limber_host_command, run);
    STRUCT(limber_snapshot);
    MEMBER(limber_snapshot, size);
    MEMBER(limber_snapshot, transport);
    MEMBER(limber_snapshot, title);
    MEMBER(limber_snapshot, move);
    MEMBER(limber_snapshot, side);
    MEMBER(limber_snapshot, text);
    MEMBER(limber_snapshot, bout);
    MEMBER(limber_snapshot, round);
    MEMBER(limber_snapshot, set);
    MEMBER(limber_snapshot, rep);
    MEMBER(limber_snapshot, rate_hz);
    MEMBER(limber_snapshot, position_frames);
    MEMBER(limber_snapshot, total_frames);
    MEMBER(limber_snapshot, bout_left_frames);
    STRUCT(limber_control);
    MEMBER(limber_control, size);
    MEMBER(limber_control, start);
    MEMBER(limber_control, stop);
    MEMBER(limber_control, snapshot);
    STRUCT(limber_observer);
    MEMBER(limber_observer, size);
    MEMBER(limber_observer, event);
    STRUCT(limber_button_options);
    MEMBER(limber_button_options, size);
    MEMBER(limber_button_options, debounce_ms);
    MEMBER(limber_button_options, double_ms);
    MEMBER(limber_button_options, long_ms);
    MEMBER(limber_button_options, taps);
    STRUCT(limber_host_button);
    MEMBER(limber_host_button, size);
    MEMBER(limber_host_button, context);
    MEMBER(limber_host_button, add);
    MEMBER(limber_host_button, press);
    MEMBER(limber_host_button, tap);
    MEMBER(limber_host_button, remove);
    STRUCT(limber_host_ask);
    MEMBER(limber_host_ask, size);
    MEMBER(limber_host_ask, context);
    MEMBER(limber_host_ask, ask);
}

static void print_values(void)
{
    VALUE(LIMBER_ABI_MAJOR);
    VALUE(LIMBER_OK);
    VALUE(LIMBER_FAILED);
    VALUE(LIMBER_INVALID);
    VALUE(LIMBER_NOT_FOUND);
    VALUE(LIMBER_UNSUPPORTED);
    VALUE(LIMBER_LIMIT);
    VALUE(LIMBER_NO_MEMORY);
    VALUE(LIMBER_IO);
    VALUE(LIMBER_LOST);
    VALUE(LIMBER_TIMEOUT);
    VALUE(LIMBER_CANCELLED);
    VALUE(LIMBER_BUSY);
    VALUE(LIMBER_OPTION_STRING);
    VALUE(LIMBER_OPTION_INT);
    VALUE(LIMBER_OPTION_NUMBER);
    VALUE(LIMBER_OPTION_BOOL);
    VALUE(LIMBER_OPTION_CHOICE);
    VALUE(LIMBER_OPTION_PATH);
    VALUE(LIMBER_LOG_ERROR);
    VALUE(LIMBER_LOG_WARNING);
    VALUE(LIMBER_LOG_INFO);
    VALUE(LIMBER_LOG_DEBUG);
    VALUE(LIMBER_PLUGIN_SINGLETON);
    VALUE(LIMBER_PLUGIN_DETERMINISTIC);
    VALUE(LIMBER_PLUGIN_RECORDED);
    VALUE(LIMBER_IDLE);
    VALUE(LIMBER_PLAYING);
    VALUE(LIMBER_PAUSED);
    VALUE(LIMBER_WAITING);
    VALUE(LIMBER_LOST_OUTPUT);
    VALUE(LIMBER_EVENT_STARTED);
    VALUE(LIMBER_EVENT_CUE);
    VALUE(LIMBER_EVENT_PAUSED);
    VALUE(LIMBER_EVENT_RESUMED);
    VALUE(LIMBER_EVENT_SKIPPED);
    VALUE(LIMBER_EVENT_FINISHED);
    VALUE(LIMBER_EVENT_ABORTED);
}

int main(void)
{
    print_structs();
    print_values();
    return 0;
}

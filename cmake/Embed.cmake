# Turns a room's schema/NNN_name.sql into `const std::vector<store::Migration>& <room>::schema()`.
function(evenhand_embed_schema name)
  set(out ${CMAKE_BINARY_DIR}/embed/${name}_schema.cpp)
  set(files ${ARGN})
  list(SORT files)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DROOM=${name} "-DFILES=${files}" -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/cmake/EmbedSchema.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/EmbedSchema.cmake
    VERBATIM)
  target_sources(${name} PRIVATE ${out})
endfunction()
# Turns text files of a room into constants of its namespace: a.txt is <room>::a_txt.
function(evenhand_embed_text name)
  set(out ${CMAKE_BINARY_DIR}/embed/${name}_text.cpp)
  set(files ${ARGN})
  list(TRANSFORM files PREPEND ${CMAKE_SOURCE_DIR}/src/${name}/)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${name} "-DFILES=${files}" -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
    VERBATIM)
  target_sources(${name} PRIVATE ${out})
endfunction()
